import { textSamples } from '@sluice/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture } from '../testing/serve.ts';

const parse = (text: string, ...names: string[]) => [...textSamples(text, new Set(names))];

describe('the Prometheus text format', () => {
  it('reads the queues of a LavinMQ, with its blanks between labels', () => {
    const samples = parse(fixture('metrics-detailed.txt'), 'lavinmq_detailed_queue_messages_ready');
    expect(samples.map(({ labels, value }) => [labels.queue, labels.vhost, value])).toEqual([
      ['jobs', '/', 105],
      ['jobs.retry', '/', 2],
      ['jobs.parked', '/', 1],
      ['empty', '/', 0],
    ]);
  });

  it('takes a name only as a whole', () => {
    expect(parse('up_total 1\nup 2\nups 3\n', 'up')).toEqual([{ name: 'up', labels: {}, value: 2 }]);
  });

  it('reads NaN, infinities, exponents, timestamps and a trailing comma', () => {
    const text = 'a NaN\na +Inf\na -Inf\na 2.8e-5\na 7 1700000000000\na{x="1",} 8\r\n';
    expect(parse(text, 'a').map(({ value }) => value)).toEqual([NaN, Infinity, -Infinity, 2.8e-5, 7, 8]);
  });

  it('reads back any label value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer(), (value, count) => {
        const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
        const [sample] = parse(`a{before="}",queue="${escaped}", after="x"} ${count}`, 'a');
        expect(sample?.labels).toEqual({ before: '}', queue: value, after: 'x' });
        expect(sample?.value).toBe(count);
      }),
    );
  });

  it.each(['a{queue="jobs" 1', 'a{queue=jobs} 1', 'a', 'a{} x', 'a{queue="jobs"} '])('refuses %j', (line) => {
    expect(() => parse(line, 'a')).toThrow(/^not /);
  });
});
