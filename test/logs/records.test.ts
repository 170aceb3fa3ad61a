import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { eventually } from '../support/job-harness.ts';
import { LogAgent } from '../support/log-agent.ts';
import { HARMLESS_LINES, SECRET_FIELDS, SECRET_LINES } from '../support/logged-secrets.ts';
import { type LogRecord, VictoriaLogs } from '../support/victoria-logs.ts';
import { LoggedPod } from './pods.ts';

const { line } = logRecords['victoria-logs'];

/** A text of several lines is one record where a logger writes it as JSON. */
const asWritten = (text: string): string => (text.includes('\n') ? JSON.stringify({ msg: text }) : text);

describe('a record of a log line', () => {
  let store: VictoriaLogs;
  let agent: LogAgent;
  let pods = 0;

  beforeAll(async () => {
    store = await VictoriaLogs.start();
    agent = await LogAgent.start({ 'victoria-logs': store.url });
  });

  afterAll(async () => {
    await agent?.kill9();
    await store?.kill9();
  });

  /** What the store has of a pod, in the order of its lines, once there are so many records. */
  async function recordsOf(write: (pod: LoggedPod) => void, count: number): Promise<readonly LogRecord[]> {
    pods += 1;
    const pod = new LoggedPod(agent.logs, `cart-${pods}`);
    write(pod);
    let found: LogRecord[] = [];
    await eventually(
      `${count} records of ${pod.name}`,
      async () => {
        found = await store.query(`{"${line.pod}"="${pod.name}"}`);
        return found.length >= count;
      },
      60,
    );
    const position = (record: LogRecord): number => Number(record[line.position]);
    return found.sort((a, b) => position(a) - position(b));
  }
  const messages = (records: readonly LogRecord[]): (string | undefined)[] =>
    records.map((record) => record[line.message]);

  it('says whose it is, where it was written and when, in the names of the contract', async () => {
    const [record] = await recordsOf((pod) => pod.write(['one line'], 'stderr'), 1);
    expect(record).toMatchObject({
      [line.message]: 'one line',
      [line.namespace]: 'shop',
      [line.pod]: `cart-${pods}`,
      [line.container]: 'app',
      [line.stream]: 'stderr',
      [line.node]: 'node-1',
      [line.position]: '0',
    });
    expect(record?.[line.time]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(record?._stream).toBe(
      `{${line.container}="app",${line.namespace}="shop",${line.pod}="cart-${pods}"}`,
    );
  });

  it('is a whole stack trace, and the lines around it are records of their own', async () => {
    const trace = ['Error: no', '    at a (/app/a.js:1:1)', '', '    at b (/app/b.js:2:2)'];
    const cause = ['Caused by: java.io.IOException: gone', '\tat x.Y.z(Y.java:7)', '\t... 3 more'];
    const object = ['TypeError: x {', "  code: 'E1'", '}'];
    const records = await recordsOf(
      (pod) => pod.write(['before', ...trace, ...cause, ...object, 'after'], 'stderr'),
      4,
    );
    expect(messages(records)).toEqual([
      'before',
      [...trace, ...cause].join('\n'),
      object.join('\n'),
      'after',
    ]);
  });

  it('is a line that the container runtime has cut, in one piece', async () => {
    const parts = ['a', 'b', 'c'].map((letter) => letter.repeat(16_384));
    const records = await recordsOf((pod) => {
      for (const part of parts) pod.write([part], 'stdout', 'P');
      pod.write(['end', 'next']);
    }, 2);
    expect(messages(records)).toEqual([`${parts.join('')}end`, 'next']);
  });

  it('has the fields of a JSON line, at any depth, and its text and level in the common names', async () => {
    const [pino, other, broken] = await recordsOf(
      (pod) =>
        pod.write([
          '{"level":50,"time":1,"msg":"job failed","jobId":"r-1","err":{"type":"Error","code":7}}',
          '{"severity":"WARNING","message":"slow"}',
          '{"level":"info","msg":',
        ]),
      3,
    );
    expect(pino).toMatchObject({
      [line.message]: 'job failed',
      [line.level]: 'error',
      ...{ jobId: 'r-1', 'err.type': 'Error', 'err.code': '7' },
    });
    expect(other).toMatchObject({ [line.message]: 'slow', [line.level]: 'warn' });
    expect(broken?.[line.message]).toBe('{"level":"info","msg":');
  });

  it('has the level of a line of key and value', async () => {
    const [record, without] = await recordsOf(
      (pod) => pod.write(['ts=1 level=ERROR msg="no route"', 'sea level is rising']),
      2,
    );
    expect(record?.[line.level]).toBe('error');
    expect(without?.[line.level]).toBeUndefined();
  });

  it.each(SECRET_LINES)('hides %s', async (_, text, shown) => {
    const [record] = await recordsOf((pod) => pod.write([asWritten(text)]), 1);
    expect(JSON.stringify(record)).not.toContain('sesame');
    expect(record?.[line.message]).toBe(shown);
  });

  it('hides nothing of lines that only look like secrets', async () => {
    const texts = HARMLESS_LINES.map(([, text]) => text);
    expect(messages(await recordsOf((pod) => pod.write(texts), texts.length))).toEqual(texts);
  });

  it.each(SECRET_FIELDS)('hides fields $title', async ({ fields, shown }) => {
    const [record] = await recordsOf((pod) => pod.write([JSON.stringify({ msg: 'in', ...fields })]), 1);
    expect(record).toMatchObject(shown);
  });

  it('is read from a file that was rotated before it was read to its end', async () => {
    const records = await recordsOf((pod) => {
      pod.write(['old 1', 'old 2']);
      pod.rotate();
      pod.write(['new 1', 'new 2']);
    }, 4);
    expect(messages(records).sort()).toEqual(['new 1', 'new 2', 'old 1', 'old 2']);
  });
});
