import type { AnySubject } from './subject.ts';
import { serviceEnvironments } from './subjects/environment.ts';
import { evaluation, mapping, targets } from './subjects/exporter.ts';
import { manifests, quantity } from './subjects/manifests.ts';
import { job, transactions, xDeath } from './subjects/messages.ts';
import { query } from './subjects/query-log.ts';
import { scalerFile } from './subjects/scaler-file.ts';
import { cron, duration, trace } from './subjects/time.ts';
import { topologyFile } from './subjects/topology-file.ts';
import { amqpUrl, managementUrl, redisUrl } from './subjects/urls.ts';

/** Every parser of text that others write. */
export const subjects: readonly AnySubject[] = [
  scalerFile,
  mapping,
  targets,
  evaluation,
  job,
  xDeath,
  transactions,
  ...serviceEnvironments,
  amqpUrl,
  managementUrl,
  redisUrl,
  query,
  trace,
  duration,
  quantity,
  cron,
  manifests,
  topologyFile,
];
