/** The API server, asked directly: kubectl hides warnings' origin, reviews' answers and status codes. */
import { Agent, request } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';

export interface Answer {
  readonly status: number;
  /** Texts of the Warning headers. @see https://kubernetes.io/blog/2020/09/03/warnings/ */
  readonly warnings: readonly string[];
  readonly body: unknown;
}

export interface Ask {
  readonly method?: string;
  /** Sent as it is when it is a string, else as JSON. */
  readonly body?: unknown;
  /** @default application/json */
  readonly type?: string;
  /** The user to act as, e.g. 'system:serviceaccount:scaler:scaler'. */
  readonly as?: string;
}

export interface Api {
  ask(path: string, ask?: Ask): Promise<Answer>;
  /** The path of an object of that type and name, by the server's own discovery. @throws Error where it has no such type */
  pathOf(object: KubernetesObject): Promise<string>;
  close(): void;
}

/** Texts in `299 - "text", 299 - "other"`. */
export const warningTexts = (header: string | readonly string[] = []): string[] =>
  [...String(header).matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/g, '$1'),
  );

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const baseOf = (apiVersion: string) =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** @param kubeconfig path of a kubeconfig; its current context is used */
export function configOf(kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

/** @param kubeconfig path of a kubeconfig; its current context is used */
export async function openApi(kubeconfig: string): Promise<Api> {
  const config = configOf(kubeconfig);
  const server = config.getCurrentCluster()?.server ?? '';
  const credentials = {};
  await config.applyToHTTPSOptions(credentials);
  // A way into the cluster may queue few new connections at once (socat: 5).
  const agent = new Agent({ ...credentials, keepAlive: true, maxSockets: 4 });

  const ask = (path: string, { method = 'GET', body, type = 'application/json', as }: Ask = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(as === undefined ? {} : { 'impersonate-user': as }),
      };
      const call = request(new URL(path, server), { ...credentials, agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            warnings: warningTexts(response.headers.warning),
            body: parsed(Buffer.concat(chunks).toString()),
          }),
        );
      });
      call.on('error', reject);
      call.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
    });

  const lists = new Map<string, Promise<Answer>>();
  const pathOf = async ({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject) => {
    const base = baseOf(apiVersion);
    const list = lists.get(base) ?? ask(base);
    lists.set(base, list);
    const { resources = [] } = (await list).body as ResourceList;
    const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
    if (resource === undefined) throw new Error(`the server knows no ${kind} in ${apiVersion}`);
    const within = resource.namespaced ? `/namespaces/${namespace ?? 'default'}` : '';
    return `${base}${within}/${resource.name}/${name}`;
  };

  return { ask, pathOf, close: () => agent.destroy() };
}

/** Server-side apply as another manager than the test cluster's; unknown and doubled fields are refused. */
export async function applyStrictly(
  api: Api,
  object: KubernetesObject,
  options: { readonly dryRun?: boolean; readonly text?: string } = {},
): Promise<Answer> {
  const query = new URLSearchParams({
    fieldManager: 'sluice-test',
    fieldValidation: 'Strict',
    force: 'true',
  });
  if (options.dryRun) query.set('dryRun', 'All');
  const path = `${await api.pathOf(object)}?${query}`;
  return api.ask(path, {
    method: 'PATCH',
    type: 'application/apply-patch+yaml',
    body: options.text ?? JSON.stringify(object),
  });
}
