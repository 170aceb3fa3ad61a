import { amqp, consumer, publisher } from './jobs.ts';
import { logGate } from './log-gate.ts';
import { type Catalogue, type Metric, seriesNames } from './metric.ts';
import { api, board, exporter, scaler } from './platform.ts';
import { inject, query, queueExporter, writer } from './transactions.ts';

export * from './jobs.ts';
export * from './log-gate.ts';
export * from './platform.ts';
export * from './transactions.ts';

/** Image -> everything that it registers, beside process_* and nodejs_*. A topology Job ends before a scrape. */
export const catalogues = {
  api,
  board,
  consumer: { ...consumer, ...amqp },
  exporter,
  inject,
  journal: writer,
  'log-gate': logGate,
  process: writer,
  publisher: { ...publisher, ...amqp },
  query,
  'queue-exporter': queueExporter,
  scaler,
  topology: {},
} as const satisfies Readonly<Record<string, Catalogue>>;

/** Who registers a metric. */
export interface Producer {
  /** Folder below services/, which is the name of the image. */
  readonly service: string;
  readonly metric: Metric;
}

const producers: readonly (readonly [string, Producer])[] = Object.entries<Catalogue>(catalogues).flatMap(
  ([service, catalogue]) =>
    Object.values(catalogue).flatMap((metric) =>
      seriesNames(metric).map((name) => [name, { service, metric }] as const),
    ),
);

/** Who registers a series by its full name, `job_wait_seconds_bucket` for example. @returns none for a name of others */
export const producersOf = (name: string): readonly Producer[] =>
  producers.filter(([known]) => known === name).map(([, producer]) => producer);
