/** The suites beside `npm test`: what they run, and the programs that are built before. */
import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureRabbitmqImage } from '../packages/testbed/images/build.ts';
import { ensureElasticsearch } from '../packages/testbed/lib/elasticsearch.ts';
import type { Tool } from '../packages/testbed/lib/tools.ts';
import {
  alertmanager,
  argoCd,
  argoRollouts,
  coredns,
  elasticsearchExporter,
  etcd,
  ferretdb,
  keda,
  kubernetes,
  kwok,
  metricsServer,
  mongodump,
  mongorestore,
  otelCollector,
  pause,
  prometheus,
  prometheusAdapter,
  prometheusOperator,
  redisExporter,
  traefik,
  versitygw,
  victoriaLogs,
} from '../packages/testbed/tools.ts';
import { BANK, LOGS, MORE } from './cluster/files.ts';
import { ensureCheckov } from './scanners/checkov.ts';
import { kubeconform, kubeScore, kubesec, trivyConfig } from './scanners/tools.ts';

export interface Suite {
  readonly name: string;
  /** Vitest's configuration, below the root; suites of one configuration run together. */
  readonly config: string;
  /** Patterns of its test files, below the root. */
  readonly tests: readonly string[];
  /** @default none */
  readonly except?: readonly string[];
  readonly tools: readonly Tool[];
  /** Tools of a few of its files, which wait for them: built beside the others. @default none */
  readonly later?: readonly Tool[];
  /** What else is brought or built before: images, programs that are not Go's. @default none */
  readonly prepare?: readonly (() => Promise<unknown>)[];
  /** Programs of the system that it starts; `.ci/run` leaves the suite out where one is missing. @default none */
  readonly programs?: readonly string[];
  /** Whether `.ci/run` runs it; the nightly run does anyway. */
  readonly inCi: boolean;
}

const CLUSTER = 'test/cluster/vitest.config.ts';

/** In the order in which their tools are built and they are run: what needs the least begins, the rest is built beside it. */
export const SUITES: readonly Suite[] = [
  {
    name: 'faults',
    config: 'test/faults/vitest.config.ts',
    tests: ['test/faults/**/*.test.ts'],
    tools: [],
    inCi: true,
  },
  {
    name: 'edits',
    config: 'test/edits/vitest.config.ts',
    tests: ['test/edits/**/*.test.ts'],
    tools: [],
    inCi: true,
  },
  {
    name: 'board',
    config: 'test/board/vitest.config.ts',
    tests: ['test/board/**/*.test.ts'],
    tools: [],
    programs: ['chromium'],
    inCi: true,
  },
  {
    name: 'alerting',
    config: 'test/alerting/vitest.config.ts',
    tests: ['test/alerting/**/*.test.ts'],
    tools: [alertmanager],
    inCi: true,
  },
  {
    name: 'transactions',
    config: 'test/transactions/vitest.config.ts',
    tests: ['test/transactions/**/*.test.ts'],
    tools: [ferretdb, elasticsearchExporter, redisExporter],
    prepare: [ensureElasticsearch],
    programs: ['java', 'javac'],
    inCi: true,
  },
  {
    name: 'core',
    config: CLUSTER,
    tests: ['test/cluster/**/*.test.ts'],
    except: [...MORE, ...LOGS, ...BANK],
    tools: [kubernetes, etcd, coredns, pause, kwok, argoCd],
    later: [metricsServer, argoRollouts, kubeScore, kubeconform, kubesec, trivyConfig],
    prepare: [ensureRabbitmqImage, ensureCheckov],
    inCi: true,
  },
  {
    name: 'more',
    config: CLUSTER,
    tests: MORE,
    tools: [traefik, prometheus, prometheusOperator, prometheusAdapter, keda],
    inCi: false,
  },
  {
    name: 'log-pipeline',
    config: CLUSTER,
    tests: LOGS,
    tools: [kubernetes, etcd, coredns, pause, otelCollector, victoriaLogs, versitygw],
    inCi: false,
  },
  {
    name: 'bank',
    config: CLUSTER,
    tests: BANK,
    tools: [kubernetes, etcd, coredns, pause, ferretdb, versitygw, keda],
    prepare: [ensureElasticsearch],
    programs: ['java', 'javac'],
    inCi: false,
  },
  {
    name: 'logs',
    config: 'test/logs/vitest.config.ts',
    tests: ['test/logs/**/*.test.ts'],
    tools: [otelCollector, victoriaLogs, versitygw],
    inCi: false,
  },
  {
    name: 'backups',
    config: 'test/backups/vitest.config.ts',
    tests: ['test/backups/**/*.test.ts'],
    tools: [ferretdb, versitygw, mongodump, mongorestore],
    prepare: [ensureElasticsearch],
    programs: ['java', 'javac'],
    inCi: false,
  },
];

/** @returns the programs of a suite that no folder of PATH has */
export const missingPrograms = ({ programs = [] }: Suite, path = process.env.PATH ?? ''): string[] =>
  programs.filter((program) => !path.split(delimiter).some((folder) => existsSync(join(folder, program))));

/** @returns the suite's test files below the root, sorted */
export const filesOf = ({ tests, except = [] }: Suite, root: string): string[] =>
  globSync([...tests], { cwd: root })
    .filter((file) => !except.includes(file))
    .sort();
