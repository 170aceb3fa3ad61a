import { KubeConfig, setHeaderMiddleware } from '@kubernetes/client-node';
import { HttpRequestError } from '../http-body.ts';

/** What reports a response of undici, of which a client of Kubernetes is made. */
interface ResponseHandler {
  onResponseStart?(...start: never[]): void;
}

/**
 * An interceptor of undici: the client would send a write, and its credentials, on to wherever an answer leads.
 * @throws {HttpRequestError} redirect, within the request
 */
const refuseRedirects =
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
async function boundedBytes(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Buffer> {
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

/** In the cluster: the pod's ServiceAccount; elsewhere KUBECONFIG. */
export function clusterConfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromDefault();
  return config;
}

/** How a service asks the API server. */
export interface RequestBounds {
  /** Who asks, as the API server's audit log says it. */
  readonly userAgent: string;
  /** The longest answer that is read; a longer one is an HttpRequestError of the kind too-large. */
  readonly maxBytes: number;
}

/**
 * The options of one request: the generated client takes a signal, a bound of the answer and what becomes of redirects
 * only from a middleware.
 */
export function boundedRequest({ userAgent, maxBytes }: RequestBounds, signal: AbortSignal) {
  const { pre, post } = setHeaderMiddleware('User-Agent', userAgent);
  const guarded: typeof pre = (request) => {
    request.setSignal(signal);
    const dispatcher = request.getDispatcher();
    if (dispatcher !== undefined) request.setDispatcher(dispatcher.compose(refuseRedirects));
    return pre(request);
  };
  const bounded: typeof post = (response) => {
    const { body } = response;
    const binary = (): Promise<Buffer> => boundedBytes(body.stream(), maxBytes);
    response.body = { binary, text: async () => (await binary()).toString('utf8'), stream: () => null };
    return post(response);
  };
  return { middleware: [{ pre: guarded, post: bounded }], middlewareMergeStrategy: 'append' as const };
}
