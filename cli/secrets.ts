import { randomBytes } from 'node:crypto';
import type { Application } from '../apps/application.ts';
import { applications } from '../apps/main.ts';
import { generatedSecretsOf } from '../apps/platform/credentials.ts';
import { systemIn } from '../apps/rendering.ts';
import type { Environment } from '../environments/environment.ts';
import { environments } from '../environments/index.ts';
import { parseOptions } from './arguments.ts';
import { hashPassword } from './local/lavinmq.ts';
import { withPremadeSecrets } from './local-environment.ts';

const help = `usage: sluice secrets

Prints the Secrets that an environment with pre-made secrets expects, with passwords made now. 'create' leaves
those that exist as they are, so they are generated once. Production has its own from the secret store.

  npx sluice secrets | kubectl create --filename -
`;

/** A core/v1 Secret with its values in plain text. */
export interface GeneratedSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly immutable: true;
  readonly stringData: Readonly<Record<string, string>>;
}

/** `sluice secrets`. @returns 0; 2 for unknown options, by ConfigurationError */
export async function runSecrets(argv: string[]): Promise<number> {
  const { values } = parseOptions('secrets', argv, { help: { type: 'boolean' } });
  if (values.help) process.stdout.write(help);
  else {
    const items = generateSecrets(withPremadeSecrets('secrets', environments), applications);
    process.stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`);
  }
  return 0;
}

/** Every Secret of the system; one password for a user wherever it stands, the administrator's hash of theirs. */
export function generateSecrets(environment: Environment, of: readonly Application[]): GeneratedSecret[] {
  const passwords = new Map<string, string>();
  const passwordOf = (user: string): string => {
    const password = passwords.get(user) ?? randomBytes(24).toString('base64url');
    passwords.set(user, password);
    return password;
  };
  const secretOf = (property: string): string =>
    property === 'admin-hash' ? hashPassword(passwordOf('admin')) : passwordOf(property);
  return generatedSecretsOf(environment, systemIn(environment, of)).map(({ owner, secretName, keys }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, namespace: owner.namespace },
    immutable: true,
    stringData: Object.fromEntries(Object.entries(keys).map(([key, property]) => [key, secretOf(property)])),
  }));
}
