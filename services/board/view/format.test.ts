import { describe, expect, it } from 'vitest';
import { formatOf, isTimeZone } from './format.ts';

const AT = Date.UTC(2026, 0, 1, 12, 0, 5);
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('what is shown', () => {
  it.each([
    ['en', '5.6 sec', '1 min 30 sec', '2 hr', '1 day 1 hr', '12,345'],
    ['de', '5,6 Sek.', '1 Min. 30 Sek.', '2 Std.', '1 Tg. 1 Std.', '12.345'],
    ['fr', '5,6 s', '1 min 30 s', '2 h', '1 j 1 h', '12 345'],
  ])('is written in %s as there', (language, short, minutes, hours, days, count) => {
    const format = formatOf(language, 'UTC');
    const durations = [5.6, 90, 7200, 90_000].map(format.duration).map(plain);
    expect(durations).toEqual([short, minutes, hours, days].map(plain));
    expect(plain(format.count(12_345))).toBe(count);
  });

  it('is 0 seconds for no time, and never two units of which one is 0', () => {
    const { duration } = formatOf('en', 'UTC');
    expect([0, 59.6, 60, 3600, 3605].map(duration).map(plain)).toEqual([
      ...['0 sec', '1 min', '1 min', '1 hr', '1 hr'],
    ]);
  });

  it('counts CPU in cores, and below one in thousandths as Kubernetes does', () => {
    const { cores } = formatOf('de', 'UTC');
    expect([0, 0.0004, 0.001, 0.05, 0.9994, 0.9996, 11.84].map(cores)).toEqual([
      ...['0', '<1m', '1m', '50m', '999m', '1,0', '11,8'],
    ]);
  });

  it('has the zone beside the instant', () => {
    expect(formatOf('en', 'Europe/Berlin').time(AT)).toBe('13:00:05 GMT+1');
    expect(formatOf('de', 'Europe/Berlin').time(AT)).toBe('13:00:05 MEZ');
    expect(formatOf('de', 'Europe/Berlin').zone(AT)).toBe('MEZ');
    expect(formatOf('ko', 'Asia/Seoul').time(AT)).toContain('GMT+9');
  });
});

it('knows the zones of IANA and no other', () => {
  expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', '<script>'].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
