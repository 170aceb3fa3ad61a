import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { patient } from './packages/testbed/lib/patience.ts';
import { longestFirst } from './test/support/longest-first.ts';
import { propertyFactor } from './test/support/properties.ts';

const scratch = 'test/support/scratch.ts';

// What a busy machine may need, and properties that are tried more often; no test has a limit of its own below it.
const timeout = patient(60) * 1000 * propertyFactor();
const patience = {
  testTimeout: timeout,
  hookTimeout: timeout,
  expect: { poll: { timeout: patient(20) * 1000 } },
};

// A worker waits now and then, also on one core.
const quick = { maxWorkers: Math.max(2, availableParallelism()), sequence: { groupOrder: 0 } };

// What many files import is loaded once a worker: half of the time went there. Nothing that a test changes of it may
// last: mocks and what stands in for globals go with the test, fake timers with the file.
const together = {
  ...{ isolate: false, restoreMocks: true, unstubEnvs: true, unstubGlobals: true },
  setupFiles: ['test/support/worker.ts'],
};

const ROOMS = '{packages,policy,environments,charts,argocd,apps,ci,cli,scripts,services}/**/*.test.ts';

// Whole environments, whole days of a simulation, and programs that are started: a second and more each. What is left
// is quick enough to be run after each edit.
const ENGINES = [
  '{apps,cli}/**/*.test.ts',
  'packages/analysis/{{advise,capacity,explain,simulate}/**/*,diff/breaks}.test.ts',
  'packages/manifests/{leaves.properties,revision}.test.ts',
  'policy/{{backends/keda,simulate}/**/*,decide/clock-changes}.test.ts',
  'services/{bundle,*/main,api/app,board/browser/answer,exporter/{fetch,server},scaler/targets/process}.test.ts',
  'services/runtime/{broker-url,http-client,http-stream,run-main,secrets,processes/*}.test.ts',
  '{charts/{broker-reload,log-redaction},ci/{base,reach,step},packages/testbed/lib/until}.test.ts',
  '{scripts,test/soak}/**/*.test.ts',
];

// Half a minute and more each: whole programs and desired states first, then what waits for brokers.
const LONGEST = [
  ...['services/bundle', 'packages/analysis/advise/advise'],
  ...[
    ...['api', 'measured', 'scaler', 'tls', 'poison', 'inject-load', 'topology', 'retry'],
    ...['consumer', 'rabbitmq', 'cycles'],
  ].map((name) => `test/integration/${name}`),
].map((path) => `${path}.test.ts`);

/** Everything `npm test` runs; one project per kind of proof, so that `vitest run --project unit` is quick. */
export default defineConfig({
  test: {
    sequence: { sequencer: longestFirst(LONGEST, 'last') },
    projects: [
      {
        test: {
          name: 'unit',
          ...patience,
          ...quick,
          ...together,
          globalSetup: [scratch],
          include: [ROOMS],
          exclude: ['**/node_modules/**', ...ENGINES],
        },
      },
      {
        test: {
          name: 'engines',
          ...patience,
          ...quick,
          ...together,
          globalSetup: [scratch],
          include: ENGINES,
          exclude: ['**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'synth',
          ...patience,
          ...quick,
          ...together,
          globalSetup: [scratch],
          include: ['test/synth/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          ...patience,
          ...together,
          include: ['test/integration/**/*.test.ts'],
          globalSetup: [scratch, 'test/support/integration.ts'],
          // Every wait in a test ends by itself: these are for what is stuck.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Most of a test is waiting for servers and clocks; a project with another number of workers has a turn of its own.
          ...{ maxWorkers: 6, sequence: { groupOrder: 1 } },
        },
      },
    ],
  },
});
