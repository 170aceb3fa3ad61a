import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../packages/contracts/log-report.ts';
import { LOG_STORES, logRecords } from '../../packages/contracts/log-store.ts';
import { Doubles, identityIn } from './doubles.ts';

const lineAt = (
  offset: number,
  more: Partial<LogLine> = {},
  position = 'log.file.record_offset',
): LogLine => ({
  ...{ kind: 'line', time: '2026-11-29T15:10:00.5Z', pod: 'a', container: 'c', stream: 'stdout', level: '' },
  ...{ message: 'x', fields: { [position]: String(offset) }, ...more },
});

describe('a line', () => {
  it.each(LOG_STORES)(
    'of %s is known by its position beside its time, pod, container and stream',
    (store) => {
      const { position } = logRecords[store].line;
      const identityOf = identityIn(store);
      const one = lineAt(7, {}, position);
      expect(identityOf({ ...one, message: 'another text' })).toBe(identityOf(one));
      for (const other of [
        { time: '2026-11-29T15:10:00.6Z' },
        { pod: 'b' },
        { container: 'd' },
        { stream: 'stderr' },
      ])
        expect(identityOf({ ...one, ...other })).not.toBe(identityOf(one));
      expect(identityOf(lineAt(8, {}, position))).not.toBe(identityOf(one));
    },
  );

  it('without a position is like no other, and an event is all that it says', () => {
    const { fields: _, ...bare } = lineAt(1);
    const doubles = new Doubles(identityIn('loki'));
    expect([doubles.has(bare), doubles.has(bare)]).toEqual([false, false]);
    const event: LogLine = { ...bare, kind: 'event', fields: { reason: 'BackOff', 'k8s.event.count': '3' } };
    const again = { ...event, fields: { reason: 'BackOff', 'k8s.event.count': '4' } };
    expect([event, event, again].map((one) => doubles.has(one))).toEqual([false, true, false]);
  });

  it('is found the third time too, where it was found the second time only just before', () => {
    const doubles = new Doubles(identityIn('victoria-logs'), 3);
    const found = [0, 2, 28, 3, 28, 1, 4, 28].map((offset) => doubles.has(lineAt(offset)));
    expect(found).toEqual([false, false, false, false, true, false, false, true]);
  });

  it('is found twice wherever no more lines lie between than are kept, and never where it is the first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (offsets, kept) => {
          const doubles = new Doubles(identityIn('victoria-logs'), kept);
          const seen = new Set<number>();
          offsets.forEach((offset, index) => {
            const found = doubles.has(lineAt(offset));
            if (found) expect(seen).toContain(offset);
            const near = new Set(offsets.slice(Math.max(0, index - kept), index));
            if (near.has(offset)) expect(found).toBe(true);
            seen.add(offset);
          });
        },
      ),
    );
  });
});
