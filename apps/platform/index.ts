import type { Application } from '../application.ts';
import { addonNetwork, addonSecrets } from './addon-namespaces.ts';
import { brokerAuthority, storeAuthority } from './authorities.ts';
import { boardApplication } from './board.ts';
import { brokerApplication } from './broker.ts';
import { cluster } from './cluster.ts';
import { collectorApplication } from './collector.ts';
import { elasticsearchApplication, elasticsearchAuthority } from './elasticsearch.ts';
import { exporterApplication } from './exporter.ts';
import { logGateApplication } from './log-gate.ts';
import { logArchiveApplication, logReportsApplication } from './log-reports.ts';
import { mongodbApplication } from './mongodb.ts';
import { monitoring } from './monitoring.ts';
import { redisApplication } from './redis.ts';
import { scalerApplication } from './scaler.ts';
import { storeBackups } from './store-backups.ts';
import { storeExporters } from './store-exporters.ts';
import { transactionsIndexApplication } from './transactions-index.ts';

/** The applications that serve, with the work that they are to serve. */
export const platform = (work: readonly Application[]): readonly Application[] => [
  addonNetwork,
  addonSecrets,
  brokerAuthority,
  elasticsearchAuthority,
  storeAuthority,
  cluster,
  brokerApplication,
  redisApplication,
  mongodbApplication,
  transactionsIndexApplication,
  ...storeExporters,
  ...storeBackups,
  scalerApplication,
  exporterApplication,
  collectorApplication,
  boardApplication,
  elasticsearchApplication,
  logGateApplication,
  logReportsApplication,
  logArchiveApplication,
  ...work,
  monitoring,
];
