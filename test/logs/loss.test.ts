import { afterEach, describe, expect, it } from 'vitest';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { eventually } from '../support/job-harness.ts';
import { LogAgent } from '../support/log-agent.ts';
import { LogGate } from '../support/log-gate.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import { LoggedPod } from './pods.ts';

const { line } = logRecords['victoria-logs'];

/** As much as the story takes: some minutes of writing beside thirty kills. */
const LINES = 100_000;
const ENDS = 10;
const PODS = 5;
const AT_ONCE = 250;

let store: VictoriaLogs | undefined;
let agent: LogAgent | undefined;
let gate: LogGate | undefined;

afterEach(async () => {
  await agent?.kill9();
  await gate?.kill9();
  await store?.kill9();
});

/** Writes numbered lines to the files of several containers, evenly between what happens meanwhile. */
async function writeBetween(logs: string, steps: readonly (() => Promise<void>)[]): Promise<void> {
  const pods = Array.from({ length: PODS }, (_, index) => new LoggedPod(logs, `cart-${index}`));
  const chunks = LINES / AT_ONCE;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const pod = pods[chunk % PODS];
    const first = chunk * AT_ONCE;
    pod?.write(
      Array.from(
        { length: AT_ONCE },
        (_, index) => `{"level":30,"msg":"job processed","n":${first + index}}`,
      ),
    );
    // The kubelet rotates each file now and then.
    if (chunk % 97 === 96) pod?.rotate();
    const step = steps[Math.floor((chunk * steps.length) / chunks)];
    if (Math.floor(((chunk + 1) * steps.length) / chunks) > Math.floor((chunk * steps.length) / chunks))
      await step?.();
  }
}

interface Arrived {
  readonly records: number;
  /** Numbers that are there. */
  readonly numbers: ReadonlySet<number>;
  /** Records that differ in time, pod, stream or position. */
  readonly identities: number;
}

async function arrivedIn(from: VictoriaLogs): Promise<Arrived> {
  const identity = [line.time, line.pod, line.stream, line.position];
  const records = await from.query(`* | fields n, ${identity.join(', ')}`);
  return {
    records: records.length,
    numbers: new Set(records.map(({ n }) => Number(n))),
    identities: new Set(records.map((record) => identity.map((name) => record[name]).join(' '))).size,
  };
}

/** By the index of streams as well: a record whose stream is not indexed is found by no query that names its pod. */
const distinct = async (from: VictoriaLogs): Promise<number> => {
  const [row] = await from.query(`{"${line.pod}"=~".+"} | stats count_uniq(n) numbers`);
  return Number(row?.numbers ?? 0);
};

describe('lines on their way', () => {
  it(`are all there, and each of them once, when agent, gate and store are killed ${ENDS} times each`, async () => {
    const to = await VictoriaLogs.start();
    store = to;
    const through = await LogGate.start(to.url);
    gate = through;
    const from = await LogAgent.start({ 'victoria-logs': through.url });
    agent = from;
    let unwritten = 0;
    const holds = async (): Promise<boolean> => (await to.unwrittenRows()) > 0;
    const endings = Array.from({ length: ENDS }, () => [
      async () => {
        await eventually('the store holds lines that it has not written', holds, 60);
        await from.kill9();
        await from.restart();
      },
      async () => {
        await eventually('the store holds lines that it has not written', holds, 60);
        unwritten += await to.unwrittenRows();
        await to.kill9();
        await to.restart();
      },
      async () => {
        await eventually('the gate acknowledges', async () => (await through.pushes('written')) > 0, 120);
        await through.kill9();
        await through.restart();
      },
    ]).flat();
    await writeBetween(from.logs, endings);
    await eventually('every line is there', async () => (await distinct(to)) === LINES, 300);

    const { records, numbers, identities } = await arrivedIn(to);
    process.stdout.write(
      `${LINES} lines, ${ENDS} kills each of agent, gate and store, which died with ${unwritten} lines unwritten: ${numbers.size} there, ${LINES - numbers.size} lost, ${records - identities} records twice\n`,
    );
    // The store did lose what it had acknowledged: the gate had not.
    expect(unwritten).toBeGreaterThan(0);
    expect(numbers.size).toBe(LINES);
    expect(identities).toBe(LINES);
    expect(records).toBe(LINES);
  });
});
