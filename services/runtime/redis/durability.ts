import type { Fsync } from './options.ts';

/** A Redis that may lose what it has answered. Every fault at once: the setting, its value and the constraint. */
export class DurabilityError extends Error {
  override readonly name = 'DurabilityError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the Redis server must not lose transactions: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

/** What the check asks of a client. */
export interface SettingsLike {
  /** CONFIG GET of several settings: names and values in turn. */
  config(command: 'GET', ...names: string[]): Promise<unknown>;
}

const SETTINGS = ['appendonly', 'appendfsync', 'maxmemory-policy', 'no-appendfsync-on-rewrite'] as const;

/** What the settings of a server are short of. */
export function durabilityFaults(settings: Readonly<Record<string, string>>, wanted: Fsync): string[] {
  const fault = (name: string, constraint: string) =>
    `'${name}' (${settings[name] ?? 'not told'}) must be ${constraint}`;
  const { appendonly, appendfsync } = settings;
  const enough = appendfsync === 'always' || appendfsync === wanted;
  return [
    ...(appendonly === 'yes'
      ? []
      : [fault('appendonly', 'yes: without its log, Redis forgets what it took')]),
    ...(enough ? [] : [fault('appendfsync', wanted === 'always' ? 'always' : 'everysec or always')]),
    ...(settings['no-appendfsync-on-rewrite'] === 'no'
      ? []
      : [fault('no-appendfsync-on-rewrite', 'no: else nothing reaches the disk while the log is rewritten')]),
    ...(settings['maxmemory-policy'] === 'noeviction'
      ? []
      : [fault('maxmemory-policy', 'noeviction: else Redis drops jobs when its memory is full')]),
  ];
}

/**
 * Refuses a server that may lose what it has answered.
 * @throws {DurabilityError} with every fault; the client's error where the server does not answer CONFIG GET
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
 */
export async function requireDurability(redis: SettingsLike, wanted: Fsync): Promise<void> {
  const faults = durabilityFaults(pairs(await redis.config('GET', ...SETTINGS)), wanted);
  if (faults.length > 0) throw new DurabilityError(faults);
}

/** RESP2 answers a list, RESP3 a map. */
function pairs(answer: unknown): Record<string, string> {
  if (!Array.isArray(answer))
    return Object.fromEntries(Object.entries(answer ?? {}).map(([k, v]) => [k, String(v)]));
  const names = answer.filter((_, index) => index % 2 === 0).map(String);
  return Object.fromEntries(names.map((name, index) => [name, String(answer[index * 2 + 1])]));
}
