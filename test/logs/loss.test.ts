import { afterEach, describe, expect, it } from 'vitest';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { eventually } from '../support/job-harness.ts';
import { LogAgent } from '../support/log-agent.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import { LoggedPod } from './pods.ts';

const { line } = logRecords['victoria-logs'];

/** As much as the story takes: a minute and a half of writing beside twenty ends. */
const LINES = 100_000;
const ENDS = 10;
const PODS = 5;
const AT_ONCE = 250;

let store: VictoriaLogs | undefined;
let agent: LogAgent | undefined;

afterEach(async () => {
  await agent?.kill9();
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

const distinct = async (from: VictoriaLogs): Promise<number> => {
  const [row] = await from.query('* | stats count_uniq(n) numbers');
  return Number(row?.numbers ?? 0);
};

describe('lines on their way', () => {
  it(`are all there, and told apart from their doubles, when the agent is killed ${ENDS} times and the store ends as often`, async () => {
    const to = await VictoriaLogs.start();
    store = to;
    const from = await LogAgent.start({ 'victoria-logs': to.url });
    agent = from;
    const endings = Array.from({ length: ENDS }, () => [
      async () => {
        await from.kill9();
        await from.restart();
      },
      async () => {
        await to.stop();
        await to.restart();
      },
    ]).flat();
    await writeBetween(from.logs, endings);
    await eventually('every line is there', async () => (await distinct(to)) === LINES, 300);

    const { records, numbers, identities } = await arrivedIn(to);
    process.stdout.write(
      `${LINES} lines, ${ENDS} kills of the agent, ${ENDS} ends of the store: ${numbers.size} there, ${LINES - numbers.size} lost, ${records - identities} records twice\n`,
    );
    expect(numbers.size).toBe(LINES);
    // What was sent twice is equal in what identifies a line, and nothing else is.
    expect(identities).toBe(LINES);
  });

  it(`are all there after ${ENDS} kills of the store, each once it has written what it took`, async () => {
    const to = await VictoriaLogs.start();
    store = to;
    const from = await LogAgent.start({ 'victoria-logs': to.url });
    agent = from;
    const pod = new LoggedPod(from.logs, 'cart-0');
    for (let kill = 1; kill <= ENDS; kill++) {
      const first = (kill - 1) * AT_ONCE;
      pod.write(Array.from({ length: AT_ONCE }, (_, index) => `{"msg":"taken","n":${first + index}}`));
      const written = async () => (await distinct(to)) === kill * AT_ONCE && (await to.unwrittenRows()) === 0;
      await eventually('the store has written them', written, 60);
      await to.kill9();
      await to.restart();
      expect(await distinct(to)).toBe(kill * AT_ONCE);
    }
    expect((await arrivedIn(to)).identities).toBe(ENDS * AT_ONCE);
  });
});
