/** The query by which KEDA keeps a latch, asked of a real Prometheus engine over minutes that pass at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileKeda, type LatchPolicy, latch } from '@sluice/policy';
import { beforeAll, test } from 'vitest';
import { ensurePackages } from '../../packages/testbed/lib/packages.ts';
import { run } from '../../packages/testbed/lib/run.ts';

const stepSeconds = 5;

/** What the queue shows, scrape after scrape; `_` is a scrape that failed. */
type Scrapes = readonly (readonly [ready: number, unacked: number] | '_')[];

function queryOf(policy: LatchPolicy): string {
  const { manifests } = compileKeda(
    {
      name: 'jobs',
      source: { kind: 'prometheus', url: 'http://unused', readyQuery: 'ready', unackedQuery: 'unacked' },
      target: { kind: 'deployment', namespace: 'consumer', name: 'consumer' },
      policy,
    },
    { pollSeconds: stepSeconds },
  );
  const object = manifests.find((one) => one.kind === 'ScaledObject');
  return (object?.kind === 'ScaledObject' && object.spec.triggers[0]?.metadata.query) || '';
}

/** The answer at the last scrape, or no answer. @throws CommandError with promtool's words where it is another */
async function answers(policy: LatchPolicy, scrapes: Scrapes, replicas: number | 'nothing'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-latch-'));
  const values = (which: 0 | 1) => scrapes.map((one) => (one === '_' ? '_' : one[which])).join(' ');
  const unit = {
    rule_files: [],
    evaluation_interval: `${stepSeconds}s`,
    tests: [
      {
        interval: `${stepSeconds}s`,
        input_series: [
          { series: 'ready', values: values(0) },
          { series: 'unacked', values: values(1) },
        ],
        promql_expr_test: [
          {
            expr: queryOf(policy),
            eval_time: `${(scrapes.length - 1) * stepSeconds}s`,
            exp_samples: replicas === 'nothing' ? [] : [{ labels: '{}', value: replicas }],
          },
        ],
      },
    ],
  };
  const file = join(folder, 'test.yaml');
  writeFileSync(file, JSON.stringify(unit));
  await run(['/usr/bin/promtool', 'test', 'rules', file]);
  rmSync(folder, { recursive: true });
}

const mark = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
const waits = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 30 } });
const literal = latch({ replicas: 25, startWhen: { readyAbove: 100 }, stopWhen: 'ready-empty' });
const times = (count: number, ready: number, unacked = 0): Scrapes =>
  Array.from({ length: count }, () => [ready, unacked] as const);

beforeAll(() => ensurePackages({ prometheus: '/usr/bin/promtool' }));

test('it opens at the mark and not below it', async () => {
  await answers(mark, [...times(3, 0), [99, 0]], 0);
  await answers(mark, [...times(3, 0), [100, 0]], 25);
  await answers(literal, [...times(3, 0), [100, 0]], 0);
  await answers(literal, [...times(3, 0), [101, 0]], 25);
});

test('it stays open below the mark until nothing is left, and then stays closed', async () => {
  await answers(mark, [[0, 0], [100, 0], ...times(100, 3, 2)], 25);
  await answers(
    mark,
    [
      [0, 0],
      [100, 0],
      [0, 4],
    ],
    25,
  );
  await answers(
    mark,
    [
      [0, 0],
      [100, 0],
      [0, 0],
    ],
    0,
  );
  await answers(mark, [[0, 0], [100, 0], [0, 0], ...times(5, 50)], 0);
  await answers(
    literal,
    [
      [0, 0],
      [101, 0],
      [0, 4],
    ],
    0,
  );
});

test('a mark reached before anything was ever seen dry opens it too', () => answers(mark, times(2, 100), 25));

test('a residue below the mark opens it when it has waited', async () => {
  await answers(waits, [...times(10, 0), ...times(5, 3)], 0);
  await answers(waits, [...times(10, 0), ...times(8, 3)], 25);
});

test('a queue that was not scraped for longer than a reading may be old gives no answer', async () => {
  const gap: Scrapes = Array.from({ length: 13 }, () => '_' as const);
  await answers(mark, [[0, 0], [100, 0], ...gap.slice(0, 11)], 25);
  await answers(mark, [[0, 0], [100, 0], ...gap], 'nothing');
});

test('an hour without the mark closes it: so far Prometheus is asked', async () => {
  await answers(mark, [[0, 0], [100, 0], ...times(719, 3)], 25);
  await answers(mark, [[0, 0], [100, 0], ...times(722, 3)], 0);
});
