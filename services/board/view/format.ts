/** Numbers, durations and instants as a locale writes them, the zone always shown. */
export interface Format {
  readonly count: (value: number) => string;
  readonly rate: (perSecond: number) => string;
  /** Of CPU: below one core in thousandths, as Kubernetes writes them (`250m`). */
  readonly cores: (value: number) => string;
  /** Seconds, in the two largest units. */
  readonly duration: (seconds: number) => string;
  readonly percent: (share: number) => string;
  /** Hours, minutes, seconds and the zone. @param at epoch milliseconds */
  readonly time: (at: number) => string;
  /** Day, hours, minutes, seconds and the zone. @param at epoch milliseconds */
  readonly instant: (at: number) => string;
  /** Without the zone, for a table whose heading names it. */
  readonly clock: (at: number) => string;
  /** The zone as people write it: CET. */
  readonly zone: (at: number) => string;
  readonly bytes: (value: number) => string;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;
const SECOND = ['second', 1] as const;

/** @param timeZone an IANA name that `isTimeZone` accepts */
export function formatOf(locale: string, timeZone: string): Format {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const fraction = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const unit = (name: string, digits = 0) =>
    new Intl.NumberFormat(locale, {
      ...{ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits },
    });
  const units = Object.fromEntries(UNITS.map(([name]) => [name, unit(name)]));
  const tenths = unit('second', 1);
  const parts = {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  } as const;
  const clock = new Intl.DateTimeFormat(locale, parts);
  const time = new Intl.DateTimeFormat(locale, { ...parts, timeZoneName: 'short' });
  const instant = new Intl.DateTimeFormat(locale, {
    ...{ ...parts, timeZoneName: 'short', year: 'numeric', month: 'short', day: 'numeric' },
  });
  const duration = (seconds: number): string => {
    if (seconds > 0 && seconds < 10) return tenths.format(seconds);
    return partsOf(Math.round(seconds))
      .map(([name, value]) => units[name]?.format(value) ?? '')
      .join(' ');
  };
  return {
    count: (value) => number.format(value),
    rate: (perSecond) => fraction.format(perSecond),
    cores: (value) => {
      const thousandths = Math.round(value * 1000);
      if (thousandths === 0) return value > 0 ? `<${number.format(1)}m` : number.format(0);
      return thousandths < 1000 ? `${number.format(thousandths)}m` : fraction.format(value);
    },
    duration,
    percent: (share) => percent.format(share),
    time: (at) => time.format(at),
    instant: (at) => instant.format(at),
    clock: (at) => clock.format(at),
    zone: (at) => time.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone,
    bytes: (value) => bytesText(value, value < 1024 ? number : fraction),
  };
}

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** In the units that Kubernetes and its nodes count memory in. */
function bytesText(value: number, number: Intl.NumberFormat): string {
  const power = value < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log2(value) / 10));
  return `${number.format(value / 2 ** (10 * power))}\u00a0${BYTES[power]}`;
}

/** The largest unit that is not 0, and the next one where it is not 0. */
function partsOf(seconds: number): (readonly [string, number])[] {
  const found = UNITS.findIndex(([, length]) => seconds >= length);
  const [name, length] = UNITS[found] ?? SECOND;
  const [next, nextLength] = UNITS[found + 1] ?? SECOND;
  const rest = Math.floor((seconds % length) / nextLength);
  const largest = [name, Math.floor(seconds / length)] as const;
  return found < 0 || rest === 0 ? [largest] : [largest, [next, rest]];
}

/** Whether a name is one of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
