import { HttpRequestError } from './http-error.ts';

/** What reports a response of undici, of which a client of Kubernetes is made. */
interface ResponseHandler {
  onResponseStart?(...start: never[]): void;
}

/**
 * An interceptor of undici: the client would send a write, and its credentials, on to wherever an answer leads.
 * @throws {HttpRequestError} redirect, within the request
 */
export const refuseRedirects =
  <O, H extends ResponseHandler, R>(dispatch: (options: O, handler: H) => R) =>
  (options: O, handler: H): R => {
    const onResponseStart = (...start: readonly unknown[]): void => {
      const [controller, status] = start as [{ abort(reason: Error): void }, number];
      if (status >= 300 && status < 400)
        controller.abort(new HttpRequestError('redirect', `redirected (${status}), which is not followed`));
      else Reflect.apply(handler.onResponseStart ?? (() => {}), handler, start);
    };
    const guarded = new Proxy(handler, {
      get: (target, name) => {
        if (name === 'onResponseStart') return onResponseStart;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return dispatch(options, guarded);
  };

/** A body that is read no further than the bound. @throws {HttpRequestError} too-large */
export async function boundedBytes(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new HttpRequestError('too-large', `answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
