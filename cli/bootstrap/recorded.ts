/** A cluster and a machine that only remember: what was asked, in which order, and what there is now. */
import type { KubernetesObject, ProviderName } from '../../packages/testbed/cluster.ts';
import { CommandError, type Output, type RunOptions } from '../../packages/testbed/lib/run.ts';
import type { ClusterLike, MachineLike } from './machine.ts';

/** A call of a program, and what it read. */
export interface Call {
  readonly command: string;
  readonly input: string;
}

type Stored = Record<string, unknown> & KubernetesObject;

const singular: Readonly<Record<string, string>> = {
  namespaces: 'namespace',
  'applications.argoproj.io': 'application',
  'appprojects.argoproj.io': 'appproject',
  'externalsecrets.external-secrets.io': 'externalsecret',
};

/** Objects by kind/namespace/name. */
export class RecordedCluster implements ClusterLike {
  readonly name = 'sluice';
  readonly provider: ProviderName;
  readonly calls: Call[] = [];
  readonly objects = new Map<string, Stored>();
  /** What happens once an object is there. */
  readonly reactions: ((object: Stored, put: (object: Stored) => void) => void)[] = [];
  logs = '';

  constructor(provider: ProviderName) {
    this.provider = provider;
  }

  put = (object: Stored): void => {
    const { kind, metadata } = object;
    this.objects.set(`${kind.toLowerCase()}/${metadata.namespace ?? ''}/${metadata.name}`, object);
    for (const react of this.reactions) react(object, this.put);
  };

  kubectl = async (
    args: readonly string[],
    { input = '', check = true }: RunOptions = {},
  ): Promise<Output> => {
    this.calls.push({ command: args.join(' '), input });
    const [namespace, [verb = '', ...rest]] =
      args[0] === '--namespace' ? [args[1] ?? '', args.slice(2)] : ['', args];
    const output = this.#answer(verb, rest, namespace, input);
    if (output.code !== 0 && check) throw new CommandError(['kubectl', ...args], output);
    return output;
  };

  #answer(verb: string, rest: readonly string[], namespace: string, input: string): Output {
    const said = (stdout: string): Output => ({ code: 0, stdout, stderr: '' });
    if (verb === 'get') return said(this.#get(rest, namespace));
    if (verb === 'logs') return said(this.logs);
    if (verb === 'version') return said('{"serverVersion":{"gitVersion":"v1.34.2"}}');
    if (verb === 'api-versions') return said('v1\napps/v1\nexternal-secrets.io/v1\n');
    if (verb === 'apply' || verb === 'create')
      for (const item of (JSON.parse(input) as { items: Stored[] }).items) this.put(item);
    return said('');
  }

  #get([kinds = '', name = '', ...rest]: readonly string[], namespace: string): string {
    const all = kinds.split(',').map((kind) => singular[kind] ?? kind.replace(/s$/, ''));
    const found = [...this.objects].filter(([key]) =>
      all.some((kind) => key.startsWith(`${kind}/${namespace}`)),
    );
    if ([name, ...rest].includes('name'))
      return found.map(([key, { metadata }]) => `${key.split('/')[0]}/${metadata.name}`).join('\n');
    if (name.startsWith('--')) return JSON.stringify({ items: found.map(([, object]) => object) });
    const object = this.objects.get(`${all[0]}/${namespace}/${name}`);
    return object === undefined ? '' : JSON.stringify(encoded(object));
  }
}

/** The server keeps what a Secret was given as text in base64. */
const encoded = (object: Stored): object =>
  object.stringData === undefined
    ? object
    : {
        ...object,
        data: Object.fromEntries(
          Object.entries(object.stringData as object).map(([key, value]) => [
            key,
            Buffer.from(String(value)).toString('base64'),
          ]),
        ),
      };

/** A machine that answers from records and keeps what it was asked. */
export interface RecordedMachine extends MachineLike {
  readonly said: string[];
  readonly printed: string[];
  readonly helmCalls: Call[];
  /** chart -> what helm renders of it; none: it fails. */
  readonly charts: Map<string, string>;
  readonly files: Map<string, string>;
}

/** Its clock moves only when it pauses. */
export function recordedMachine(cluster: RecordedCluster): RecordedMachine {
  let time = 0;
  const machine = { said: [] as string[], printed: [] as string[], helmCalls: [] as Call[] };
  const charts = new Map<string, string>();
  const files = new Map<string, string>();
  return {
    ...machine,
    ...{ charts, files },
    provider: async () => cluster.provider,
    context: async () => cluster.name,
    open: async () => cluster,
    helm: async (args, { input = '' } = {}) => {
      const [verb, name = ''] = args;
      if (verb === 'version') return { code: 0, stdout: 'v4.0.1+g1\n', stderr: '' };
      machine.helmCalls.push({ command: args.join(' '), input });
      const stdout = charts.get(name);
      const failed = { code: 1, stdout: '', stderr: 'the repository does not answer' };
      if (stdout === undefined) throw new CommandError(['helm', ...args], failed);
      return { code: 0, stdout, stderr: '' };
    },
    read: (path) => files.get(path) ?? '',
    say: (text) => machine.said.push(text),
    print: (text) => machine.printed.push(text),
    now: () => time,
    pause: async (milliseconds) => {
      time += milliseconds;
    },
  };
}
