/** Why a request gave no response. */
export type HttpFailure =
  /** Its time was over, before or within the body. */
  | 'timeout'
  /** The caller's signal. */
  | 'aborted'
  /** No connection, or one that broke off. */
  | 'unreachable'
  /** The server's certificate has an unknown authority or another name, or has expired. */
  | 'untrusted'
  /** What answers speaks no HTTP. */
  | 'bad-answer'
  /** 3xx. */
  | 'redirect'
  | 'too-large'
  /** A content-encoding that was not asked for, or that the body does not have. */
  | 'bad-encoding'
  /** The request itself cannot be sent. */
  | 'bad-request';

/** A request without a response. Its message holds no credentials and no query. */
export class HttpRequestError extends Error {
  readonly reason: HttpFailure;

  constructor(reason: HttpFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpRequestError';
    this.reason = reason;
  }
}
