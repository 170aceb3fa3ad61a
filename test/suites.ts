/** The suites beside `npm test`: what they run, and the programs that are built before. */
import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Tool } from '../packages/testbed/lib/tools.ts';
import {
  alertmanager,
  argoCd,
  argoRollouts,
  coredns,
  etcd,
  ferretdb,
  keda,
  kubernetes,
  kwok,
  metricsServer,
  otelCollector,
  pause,
  prometheus,
  prometheusAdapter,
  prometheusOperator,
  traefik,
  versitygw,
  victoriaLogs,
} from '../packages/testbed/tools.ts';
import { LOGS, MORE } from './cluster/files.ts';
import { kubeconform, kubeScore, kubesec, trivyConfig } from './scores/tools.ts';

export interface Suite {
  readonly name: string;
  /** Vitest's configuration, below the root; suites of one configuration run together. */
  readonly config: string;
  /** Patterns of its test files, below the root. */
  readonly tests: readonly string[];
  /** @default none */
  readonly except?: readonly string[];
  readonly tools: readonly Tool[];
  /** Programs of the system that it starts; `.ci/run` leaves the suite out where one is missing. @default none */
  readonly programs?: readonly string[];
  /** Whether `.ci/run` runs it; the nightly run does anyway. */
  readonly inCi: boolean;
}

const CLUSTER = 'test/cluster/vitest.config.ts';

export const SUITES: readonly Suite[] = [
  {
    name: 'core',
    config: CLUSTER,
    tests: ['test/cluster/**/*.test.ts'],
    except: [...MORE, ...LOGS],
    tools: [
      ...[kubernetes, etcd, coredns, pause, kwok, metricsServer, argoCd, argoRollouts],
      ...[kubeScore, kubeconform, kubesec, trivyConfig],
    ],
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
    // Elasticsearch is no tool of Go: the suite brings it itself.
    tools: [ferretdb],
    programs: ['java', 'javac'],
    inCi: true,
  },
  {
    name: 'logs',
    config: 'test/logs/vitest.config.ts',
    tests: ['test/logs/**/*.test.ts'],
    tools: [otelCollector, victoriaLogs, versitygw],
    inCi: false,
  },
  {
    name: 'board',
    config: 'test/board/vitest.config.ts',
    tests: ['test/board/**/*.test.ts'],
    tools: [],
    programs: ['chromium'],
    inCi: true,
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
