import type { RequestContext } from '@kubernetes/client-node';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;
type Interceptor = Parameters<Dispatcher['compose']>[0] extends readonly (infer I)[]
  ? I
  : Parameters<Dispatcher['compose']>[0];

/** The client's fetch would send a write on to wherever an answer leads: the API server leads nowhere. */
export const refuseRedirects: Interceptor = (dispatch) => (options, handler) => {
  const onResponseStart: typeof handler.onResponseStart = (controller, status, headers, message) => {
    if (status >= 300 && status < 400)
      controller.abort(new Error(`redirected (${status}), which is not followed`));
    else handler.onResponseStart?.(controller, status, headers, message);
  };
  return dispatch(options, {
    onRequestStart: (...started) => handler.onRequestStart?.(...started),
    onRequestUpgrade: (...upgraded) => handler.onRequestUpgrade?.(...upgraded),
    onResponseStart,
    onResponseData: (...received) => handler.onResponseData?.(...received),
    onResponseEnd: (...ended) => handler.onResponseEnd?.(...ended),
    onResponseError: (...failed) => handler.onResponseError?.(...failed),
  });
};
