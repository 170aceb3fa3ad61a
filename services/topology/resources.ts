import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { mayMatch } from './declare.ts';
import type { Management } from './management.ts';
import type { Topology } from './topology.ts';

/** One thing that shall stand on the broker. */
export interface Resource {
  /** For people: `queue jobs`. */
  readonly label: string;
  /** Labels of what must stand before it. */
  readonly dependsOn?: readonly string[];
  /** @returns what stands there now, or undefined. */
  read(): Promise<unknown>;
  /** Whether what stands there is what is wanted. */
  matches(existing: unknown): boolean;
  write(): Promise<void>;
}

/** What of the management API is used. */
export type ManagementLike = Pick<Management, 'get' | 'put' | 'post'>;

type DesiredProperties = Readonly<Record<string, unknown>>;

/**
 * Everything that is wanted, in the order in which it must be declared: exchanges and policies before the queues
 * they are for, so that no message meets a queue that has no dead-letter exchange yet.
 */
export function resourcesOf(
  topology: Topology,
  passwords: ReadonlyMap<string, string>,
  api: ManagementLike,
): Resource[] {
  const { vhost, exchanges, policies, queues, bindings, users } = topology;
  const segment = encodeURIComponent(vhost);
  const path = (kind: string, name: string) => `${kind}/${segment}/${encodeURIComponent(name)}`;
  const inVhost = [`vhost ${vhost}`];
  const plain = (
    label: string,
    at: string,
    wanted: DesiredProperties,
    dependsOn: readonly string[] = inVhost,
  ): Resource => ({
    ...{ label, dependsOn },
    read: () => api.get(at),
    matches: (existing) => contains(existing, wanted),
    write: () => api.put(at, wanted),
  });
  return [
    plain(`vhost ${vhost}`, `vhosts/${segment}`, {}, []),
    ...exchanges.map(({ name, type, durable }) =>
      plain(`exchange ${name}`, path('exchanges', name), {
        ...{ type, durable, auto_delete: false, internal: false, arguments: {} },
      }),
    ),
    ...policies.map(({ name, pattern, applyTo, definition, priority }) =>
      plain(`policy ${name}`, path('policies', name), {
        ...{ pattern, definition, priority, 'apply-to': applyTo },
      }),
    ),
    ...queues.map(({ name, durable }) => ({
      ...plain(`queue ${name}`, path('queues', name), queueOf(durable), [
        ...inVhost,
        ...before(name, topology),
      ]),
      matches: (existing: unknown) => contains(withoutType(existing), queueOf(durable)),
    })),
    ...bindings.map((binding) => bindingResource(binding, segment, api)),
    ...users.flatMap((user) => [
      userResource(user, passwords.get(user.name) ?? '', api),
      plain(`permissions of ${user.name}`, path('permissions', user.name), { ...user.permissions }, [
        ...[...inVhost, `user ${user.name}`],
      ]),
    ]),
  ];
}

const queueOf = (durable: boolean) => ({ durable, auto_delete: false, arguments: {} });

/** A queue without a type gets its virtual host's default one, which the broker shows among the arguments. */
function withoutType(existing: unknown): unknown {
  const { arguments: found } = existing as { arguments?: unknown };
  if (typeof found !== 'object' || found === null) return existing;
  const { 'x-queue-type': _, ...rest } = found as DesiredProperties;
  return { ...(existing as DesiredProperties), arguments: rest };
}

/** What a queue needs so that it loses nothing: its policies, and the exchanges that route to it. */
function before(queue: string, { policies, bindings }: Topology): string[] {
  const applying = policies.filter(({ pattern }) => mayMatch(pattern, queue));
  const routing = bindings.filter((binding) => binding.queue === queue);
  return [
    ...applying.map(({ name }) => `policy ${name}`),
    ...routing.map(({ exchange }) => `exchange ${exchange}`),
  ];
}

function bindingResource(
  { exchange, queue, routingKey }: Topology['bindings'][number],
  vhost: string,
  api: ManagementLike,
): Resource {
  const path = `bindings/${vhost}/e/${encodeURIComponent(exchange)}/q/${encodeURIComponent(queue)}`;
  const wanted = { routing_key: routingKey, arguments: {} };
  const find = (list: unknown): unknown =>
    Array.isArray(list) ? list.find((each) => contains(each, wanted)) : undefined;
  return {
    label: `binding ${exchange} -> ${queue} by ${routingKey}`,
    dependsOn: [`exchange ${exchange}`, `queue ${queue}`],
    read: async () => find(await api.get(path)),
    matches: () => true,
    write: () => api.post(path, wanted),
  };
}

/** A user whose password changed is written again: that is how a password is rotated. */
function userResource(
  { name, tags }: Topology['users'][number],
  password: string,
  api: ManagementLike,
): Resource {
  const path = `users/${encodeURIComponent(name)}`;
  return {
    label: `user ${name}`,
    read: () => api.get(path),
    matches: (existing) => sameTags(existing, tags) && hasPassword(existing, password),
    write: () => api.put(path, { password, tags: tags.join(',') }),
  };
}

/** RabbitMQ lists tags in an array, LavinMQ in a string with commas. */
function sameTags(existing: unknown, tags: readonly string[]): boolean {
  const found = (existing as { tags?: unknown }).tags;
  const list = Array.isArray(found) ? found.map(String) : String(found ?? '').split(',');
  return isDeepStrictEqual(list.filter((tag) => tag !== '').sort(), [...tags].sort());
}

/**
 * Compares with the hash that the API shows: base64(salt + SHA-256(salt + password)), four bytes of salt. A
 * hash of another kind never matches, so such a user is written each time.
 * @see https://www.rabbitmq.com/docs/passwords#computing-password-hash
 */
function hasPassword(existing: unknown, password: string): boolean {
  const hash = Buffer.from(String((existing as { password_hash?: unknown }).password_hash ?? ''), 'base64');
  const salt = hash.subarray(0, 4);
  const digest = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return digest.equals(hash.subarray(4));
}

/** Brokers show more than was declared: only what is wanted is compared. */
function contains(existing: unknown, wanted: DesiredProperties): boolean {
  if (typeof existing !== 'object' || existing === null) return false;
  const found = existing as DesiredProperties;
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(found[key], value));
}
