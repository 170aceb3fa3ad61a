import type { Logger } from '@sluice/runtime';
import { AddressGuard } from './addresses.ts';
import { AllowList } from './allow-list.ts';
import type { ExporterConfig, Settings } from './config.ts';
import { exposition } from './exposition.ts';
import { fetchDocument } from './fetch.ts';
import type { Module } from './mapping.ts';
import type { ExporterMetrics } from './metrics.ts';
import { everyInterval } from './schedule.ts';
import { credentialsOf, type Outcome, Target, type TargetEntry } from './targets.ts';

/** What the exporter reads, and where it reports. */
export interface ExporterOptions {
  readonly config: ExporterConfig;
  readonly settings: Settings;
  readonly metrics: ExporterMetrics;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The document to fetch, the module that reads it, and the timeout. */
export interface Source {
  readonly name: string;
  readonly url: URL;
  readonly module: Module;
  readonly timeoutSeconds: number;
  readonly basicAuth?: TargetEntry['basicAuth'];
  readonly caFile?: string | undefined;
}

/** Fetches the targets of the file once an interval, and any target when it is asked to. */
export class Exporter {
  readonly allowList: AllowList;
  readonly #options: ExporterOptions;
  readonly #guard: AddressGuard;
  readonly #targets: readonly Target[];
  /** Why a target failed last. */
  readonly #failing = new Map<string, string>();

  constructor(options: ExporterOptions) {
    this.#options = options;
    const { file } = options.settings;
    this.allowList = new AllowList(file.allow);
    this.#guard = new AddressGuard(file.allowAddresses);
    this.#targets = file.targets.map(({ name }) => this.open(this.named(name) as Source));
  }

  /** @returns the source of that name in the file */
  named(name: string): Source | undefined {
    const { settings, config } = this.#options;
    const entry = settings.file.targets.find((target) => target.name === name);
    const module = entry && settings.mappings.modules.get(entry.module);
    if (entry === undefined || module === undefined) return undefined;
    const { url, basicAuth, caFile, timeoutSeconds = config.TIMEOUT_SECONDS } = entry;
    return { name, url, module, timeoutSeconds, basicAuth, caFile };
  }

  module(name: string): Module | undefined {
    return this.#options.settings.mappings.modules.get(name);
  }

  /** @returns a target without a document yet */
  open({ name, url, module, timeoutSeconds, basicAuth, caFile }: Source): Target {
    const { config, environment } = this.#options;
    return new Target({
      ...{ name, module },
      maxSeries: config.MAX_SERIES,
      staleAfterMs: config.STALE_AFTER_INTERVALS * config.INTERVAL_SECONDS * 1000,
      fetch: async () =>
        fetchDocument({
          ...{ url, guard: this.#guard, maxBytes: config.MAX_BODY_BYTES, timeoutMs: timeoutSeconds * 1000 },
          ...{ credentials: basicAuth && credentialsOf(basicAuth, environment), caFile },
        }),
    });
  }

  /** @returns stops it */
  start(): () => void {
    const { config } = this.#options;
    const tasks = this.#targets.map((target) => () => this.#fetch(target));
    return everyInterval(config.INTERVAL_SECONDS, tasks);
  }

  /** Text of the series of all targets, in pieces. */
  expose(targets: readonly Target[] = this.#targets): Generator<string> {
    const groups = targets.flatMap((target) => target.series() ?? []);
    return exposition(this.#options.settings.mappings.families, groups);
  }

  async #fetch(target: Target): Promise<void> {
    const outcome = await target.fetch();
    this.#options.metrics.fetched(target.name, outcome);
    this.#tell(target.name, outcome);
  }

  /** Once when a target begins to fail, or fails for another reason, and once when it recovers. */
  #tell(target: string, { failure }: Outcome): void {
    const { log } = this.#options;
    const before = this.#failing.get(target);
    if (before === failure?.reason) return;
    if (failure === undefined) {
      this.#failing.delete(target);
      log.info({ target }, 'target recovered');
    } else {
      this.#failing.set(target, failure.reason);
      log.warn({ target, reason: failure.reason, error: failure.message }, 'target failed');
    }
  }
}
