import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { FaultRun } from './faults/fault-run.ts';
import type { FaultRow } from './faults/scenario.ts';
import { scenarios } from './faults/scenarios.ts';
import { markdownOf, record, tableOf } from './table.ts';

let broker: LocalBroker;
const rows: FaultRow[] = [];

beforeAll(async () => {
  broker = await startRabbitMQ({ collectStatisticsMs: 200, startDeadlineMs: 115_000 });
});

afterAll(async () => {
  await broker?.stop();
  const head: (keyof FaultRow)[] = [
    ...(['scenario', 'confirmed', 'done', 'parked', 'dropped', 'lost', 'doubled', 'redelivered'] as const),
    ...(['recoverSeconds', 'replicas', 'messages', 'processes'] as const),
  ];
  const cells = rows.map((row) => head.map((column) => row[column]));
  console.log(`\n${tableOf(head, cells)}\n`);
  if (process.env.RECORD !== undefined) record('faults', markdownOf(head, cells));
});

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s: nothing lost, nothing stuck, back at 0',
  async (_, scenario) => {
    const row = await FaultRun.of(scenario, broker);
    rows.push(row);
    console.log(JSON.stringify(row));
    expect(row).toMatchObject({ confirmed: scenario.jobs ?? 200, lost: 0, messages: 0, processes: 0 });
    expect(row.replicas.endsWith('-0')).toBe(true);
  },
);
