import type { ExpectedSecret } from '../../apps/application.ts';
import { generatedSecretsOf } from '../../apps/platform/credentials.ts';
import { systemIn } from '../../apps/rendering.ts';
import { type GeneratedSecret, generateSecrets } from '../secrets.ts';
import { find } from './apply.ts';
import type { ClusterLike } from './machine.ts';
import type { At, Step } from './steps.ts';
import type { BootstrapInput } from './wanted.ts';

interface StoredSecret {
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>;
}

interface Found {
  readonly missing: readonly ExpectedSecret[];
  /** Property -> its value in a Secret that is there. */
  readonly known: ReadonlyMap<string, string>;
}

/** Whose Secrets they are. */
type Wanted = Pick<BootstrapInput, 'environment' | 'applications'>;

const expected = ({ environment, applications }: Wanted): ExpectedSecret[] =>
  environment.secrets.kind === 'pre-made'
    ? generatedSecretsOf(environment, systemIn(environment, applications))
    : [];

const place = ({ owner, secretName }: ExpectedSecret): string => `${owner.namespace}/${secretName}`;

async function look(cluster: ClusterLike, wanted: Wanted): Promise<Found> {
  const missing: ExpectedSecret[] = [];
  const known = new Map<string, string>();
  for (const secret of expected(wanted)) {
    const stored = await find<StoredSecret>(cluster, 'secret', secret.secretName, secret.owner.namespace);
    if (stored === undefined) missing.push(secret);
    for (const [key, value] of Object.entries(stored?.data ?? {})) {
      const property = secret.keys[key];
      if (property !== undefined) known.set(property, Buffer.from(value, 'base64').toString('utf8'));
    }
  }
  return { missing, known };
}

/**
 * The Secrets that are missing: a user whose password already stands in another Secret keeps it, so that a run
 * that was stopped between two of them leaves no user with two passwords.
 */
export function completing(
  { environment, applications }: Wanted,
  { missing, known }: Found,
): GeneratedSecret[] {
  const keysAt = new Map(missing.map((secret) => [place(secret), secret.keys]));
  return generateSecrets(environment, applications).flatMap((secret) => {
    const keys = keysAt.get(`${secret.metadata.namespace}/${secret.metadata.name}`);
    if (keys === undefined) return [];
    const stringData = Object.fromEntries(
      Object.entries(secret.stringData).map(([key, made]) => [key, known.get(keys[key] ?? '') ?? made]),
    );
    return [{ ...secret, stringData }];
  });
}

/** Passwords made in the cluster, once: what is there stays. */
export const secrets: Step = {
  title: 'generated Secrets',
  plan: (wanted) => {
    const { secrets: from } = wanted.environment;
    return from.kind === 'pre-made'
      ? [
          'create what is missing, immutable, with passwords made then:',
          ...expected(wanted).map((one) => `  ${place(one)}: ${Object.keys(one.keys).join(', ')}`),
        ]
      : [`nothing: External Secrets fetches them from ${from.documents}/NAMESPACE`];
  },
  done: async ({ cluster, wanted }) => (await look(cluster, wanted)).missing.length === 0,
  run: async ({ cluster, wanted }: At) => {
    const items = completing(wanted, await look(cluster, wanted));
    const list = { apiVersion: 'v1', kind: 'List', items };
    await cluster.kubectl(['create', '--filename', '-'], { input: JSON.stringify(list) });
  },
};
