import { withTimeout } from './deadline.ts';
import type { Logger } from './log.ts';

type Hook = () => Promise<void> | void;

/** A process that has done its work ends, whatever a hook waits for. */
export const HOOK_TIMEOUT_MS = 5000;

/** What ends a process in order: a signal begins it, hooks run one after the other, a deadline bounds it. */
export class GracefulStop {
  readonly #beginning = new AbortController();
  readonly #hooks: { readonly name: string; readonly hook: Hook }[] = [];
  readonly #log: Pick<Logger, 'info' | 'error'>;

  constructor(log: Pick<Logger, 'info' | 'error'>) {
    this.#log = log;
  }

  /** Aborted when the process was asked to end. */
  get signal(): AbortSignal {
    return this.#beginning.signal;
  }

  /** Aborted when the process was asked to end, or when so many seconds are over. */
  within(seconds: number): AbortSignal {
    return AbortSignal.any([this.signal, AbortSignal.timeout(seconds * 1000)]);
  }

  begin(reason: string): void {
    if (this.signal.aborted) return;
    this.#log.info({ reason }, 'stopping');
    this.#beginning.abort(reason);
  }

  /** Hooks run in the order they were given, each after the one before. */
  onStop(name: string, hook: Hook): void {
    this.#hooks.push({ name, hook });
  }

  /** @returns false when a hook failed or did not end within 5 s; the others run all the same. */
  async runHooks(): Promise<boolean> {
    let clean = true;
    for (const { name, hook } of this.#hooks.splice(0)) {
      try {
        await withTimeout(async () => hook(), HOOK_TIMEOUT_MS, `stop hook '${name}'`);
      } catch (error) {
        clean = false;
        this.#log.error({ hook: name, err: error }, 'stop hook failed');
      }
    }
    return clean;
  }
}
