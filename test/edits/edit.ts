import type { Tree } from './tree.ts';

/** A change of desired state that a person may want. */
export interface Edit {
  readonly name: string;
  readonly make: (tree: Tree) => void;
  /** What it decides: no two edits that decide the same are made in one tree. */
  readonly decides?: 'the policy' | 'the environment more' | 'the canary';
  /** Whether it takes away what other edits are made in: its tests run for it alone. @default false */
  readonly removes?: true;
}

export const LOCAL = 'environments/local.ts';
export const PRODUCTION = 'environments/production.ts';
export const INDEX = 'environments/index.ts';
export const WORKLOADS = 'apps/workloads/index.ts';
export const CONSUMER = 'apps/workloads/consumer.ts';
const POLICY = /policy: latch\(\{.*\}\),/;

/** The consumer's policy, with what it needs of the core. */
export function policy(tree: Tree, text: string): void {
  const factories = ['constant', 'drain', 'latch', 'proportional', 'schedule'].filter((name) =>
    text.includes(`${name}(`),
  );
  const file = tree.fileWith('policy: latch(');
  tree.replace(file, POLICY, `policy: ${text},`);
  if (factories.join() !== 'latch')
    tree.replace(file, /\blatch\b(?=[^}]*\} from '@sluice\/policy')/, factories.join(', '));
}

/** Who owns the consumer's replica count. */
export const scaler = (tree: Tree, kind: string): void =>
  tree.replace(
    CONSUMER,
    "queueWorker('consumer', settings, ({ policy, ...own }) => ({\n",
    (line) => `${line}  scaler: '${kind}',\n`,
  );

/** A property of an environment that is there already. */
export const property = (tree: Tree, path: string, from: string | RegExp, to: string): void =>
  tree.replace(path, from, to);

/** The values that the page of transactions shows for such an environment. @throws {Error} where it shows none */
export function shown(tree: Tree, kind: string): string {
  const page = tree.text('docs/reference/transactions.md');
  const [, values] = new RegExp(`^// \\w+ ${kind}:.*\\n((?:[^\`/\\n].*\\n)+)`, 'm').exec(page) ?? [];
  if (values === undefined) throw new Error(`the page of transactions shows nothing for ${kind}`);
  return values.replace(/^(?=.)/gm, '  ');
}

/** Runs `sluice new` there; what it writes is formatted and rendered with all else. @throws {Error} with what it said */
export function scaffold(tree: Tree, ...args: string[]): void {
  const { status, stderr } = tree.node(['cli/main.ts', 'new', ...args, '--no-render']);
  if (status !== 0) throw new Error(stderr);
}
