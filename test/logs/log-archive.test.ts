import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  doneKey,
  objectKey,
  parseDone,
  parseReport,
  RAW_SCHEMA,
} from '../../packages/contracts/log-report.ts';
import { handler } from '../../services/log-reports/lambda.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import { LogReportsHarness, RAW, REPORTS } from './log-reports-harness.ts';

const HOUR_MS = 3_600_000;

let harness: LogReportsHarness;
beforeAll(async () => {
  harness = await LogReportsHarness.start();
});
afterAll(() => harness?.stop());

const sorted = (rows: readonly Readonly<Record<string, string>>[]): string[] =>
  rows.map(({ _stream_id: _, ...record }) => JSON.stringify(record)).sort();

describe('an archived hour', () => {
  it('is brought back for a span into another store, each line as it was, and into none that has lines of it', async () => {
    const hour = (Math.floor((Date.now() - 120_000) / HOUR_MS) - 1) * HOUR_MS;
    const line = { namespace: 'consumer', level: 'info' };
    await harness.write([
      ...Array.from({ length: 100 }, (_, n) => ({
        ...line,
        at: hour + n * 30_000,
        message: `line ${n} "é"\n next`,
      })),
      { namespace: 'api', at: hour + 60_000, message: 'of another namespace' },
      {
        ...line,
        at: hour + 90_000,
        message: 'Back-off',
        pod: 'consumer-1',
        event: { reason: 'BackOff', type: 'Warning' },
      },
    ]);
    const archived = await harness.run({ MODE: 'archive', CATCH_UP_WINDOWS: '3' });
    expect(archived.code).toBe(0);
    const done = await harness.bucket(RAW).getText(doneKey('archive', hour), harness.signal);
    expect(parseDone(done).namespaces).toEqual({ api: 1, consumer: 101 });

    const target = await VictoriaLogs.start(['-retentionPeriod=30d', '-inmemoryDataFlushInterval=1s']);
    try {
      const [from, to] = [hour + 60_000, hour + 600_000].map((at) => new Date(at).toISOString());
      const span = { MODE: 'restore', FROM: from ?? '', TO: to ?? '', LOG_STORE_URL: target.url };
      const restored = await harness.run(span);
      expect(restored.lines.at(-1)).toMatchObject({ msg: 'span restored', lines: 20, missing: [] });
      const query = `_time:[${from}, ${to})`;
      await expect.poll(async () => (await target.query(query)).length, { timeout: 60_000 }).toBe(20);
      expect(sorted(await target.query(query))).toEqual(sorted(await harness.store.query(query)));

      const again = await harness.run(span);
      const command = ['--from', from ?? '', '--to', to ?? '', '--store', target.url];
      const byCommand = await harness.restore(command);
      expect([byCommand.code, byCommand.text]).toEqual([
        1,
        expect.stringMatching(/^Nothing is restored: .*'consumer' \(19\)/),
      ]);
      const outside = await harness.restore(['--from', to ?? '', ...command.slice(2)]);
      expect([outside.code, outside.text]).toEqual([2, expect.stringContaining("'FROM'")]);
      expect(again.code).toBe(1);
      expect(again.lines.at(-1)).toMatchObject({
        msg: 'span not restored',
        error: expect.stringContaining("'consumer' (19)"),
      });
      expect(await target.query(query)).toHaveLength(20);
    } finally {
      await target.stop();
    }
  });

  it('is brought back by one command', async () => {
    const hour = (Math.floor((Date.now() - 120_000) / HOUR_MS) - 1) * HOUR_MS;
    const target = await VictoriaLogs.start(['-retentionPeriod=30d', '-inmemoryDataFlushInterval=1s']);
    try {
      const instants = [hour, hour + HOUR_MS].map((at) => new Date(at).toISOString());
      const { code, text } = await harness.restore([
        ...['--from', instants[0] ?? '', '--to', instants[1] ?? '', '--store', target.url],
        ...['--namespace', 'consumer'],
      ]);
      expect([code, text]).toEqual([0, '101 lines are restored.\n']);
      await expect.poll(async () => (await target.query('_time:30d')).length, { timeout: 60_000 }).toBe(101);
    } finally {
      await target.stop();
    }
  });

  it('that the archive does not hold is named, and a span that is none is refused with every fault', async () => {
    const missing = await harness.run({
      MODE: 'restore',
      FROM: '2026-01-01T00:10:00Z',
      TO: '2026-01-01T01:10:00Z',
    });
    expect([missing.code, missing.lines.at(-1)?.missing]).toEqual([
      1,
      ['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'],
    ]);
    const wrong = await harness.run({ MODE: 'restore', FROM: 'yesterday', LOG_STORE: 'loki' });
    expect([wrong.code, wrong.lines.at(-1)?.faults]).toEqual([
      2,
      [
        expect.stringContaining("'FROM' (yesterday) must be an instant"),
        expect.stringContaining("'TO' () must be an instant"),
        expect.stringContaining("'LOG_STORE' (loki) must be victoria-logs"),
      ],
    ]);
  });
});

describe('an object in the bucket', () => {
  /** Lines that do not compress: of some parts of an upload. */
  async function* noise(lines: number, mark: string): AsyncGenerator<string> {
    yield JSON.stringify({
      schema: RAW_SCHEMA,
      namespace: 'big',
      start: '2026-11-29T15:10:00Z',
      end: '2026-11-29T15:20:00Z',
    });
    for (let line = 0; line < lines; line += 1) {
      const bytes = crypto.getRandomValues(new Uint8Array(30_000));
      yield JSON.stringify({
        kind: 'line',
        time: '2026-11-29T15:10:01Z',
        pod: mark,
        container: '',
        stream: '',
        level: '',
        message: `${mark} ${Buffer.from(bytes).toString('base64')}`,
      });
    }
  }

  const podsIn = async (key: string): Promise<Set<string>> =>
    new Set((await harness.lines(key)).slice(1).map((text) => JSON.parse(text).pod));

  it('of many parts is written once: of two uploads that end one after the other the second changes nothing', async () => {
    const bucket = harness.bucket(RAW);
    const key = objectKey('raw', { namespace: 'big', start: Date.parse('2026-11-29T15:10:00Z') });
    const written = await Promise.all([
      bucket.putLines(key, noise(500, 'one'), harness.signal),
      bucket.putLines(key, noise(800, 'other'), harness.signal),
    ]);
    expect(written.toSorted()).toEqual(['existed', 'written']);
    expect([...(await podsIn(key))]).toEqual([written[0] === 'written' ? 'one' : 'other']);
    expect(await bucket.putLines(key, noise(1, 'third'), harness.signal)).toBe('existed');
  });

  it('whose source fails within a part, or after some, is not there', async () => {
    async function* failing(lines: number): AsyncGenerator<string> {
      yield* noise(lines, 'x');
      throw new Error('the store is gone');
    }
    for (const lines of [2, 500]) {
      const writing = harness.bucket(RAW).putLines(`raw/failing-${lines}`, failing(lines), harness.signal);
      await expect(writing).rejects.toThrow('the store is gone');
      expect(await harness.bucket(RAW).exists(`raw/failing-${lines}`, harness.signal)).toBe(false);
    }
  });

  it('becomes a report by the Lambda function when S3 tells of it, once', async () => {
    const key = objectKey('raw', { namespace: 'big', start: Date.parse('2026-11-29T15:10:00Z') });
    Object.assign(process.env, { REPORT_BUCKET: REPORTS, S3_ENDPOINT: harness.s3.url });
    const record = (name: string) => ({
      ...{
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventName: 'ObjectCreated:CompleteMultipartUpload',
      },
      s3: { bucket: { name: RAW }, object: { key: encodeURIComponent(name), size: 1 } },
    });
    const event = { Records: [record(key), record('done/raw/2026/11/29/1510.json')] };
    expect([await handler(event), await handler(event)]).toEqual([{ written: 1 }, { written: 0 }]);
    const text = await harness
      .bucket(REPORTS)
      .getText(key.replace('raw/', 'reports/').replace('.jsonl.gz', '.json'), harness.signal);
    expect([500, 800]).toContain(parseReport(text).lines);
  });
});
