/** Values as Grafana writes them, by the id of the unit. */

const TIMES = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
] as const;
const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A number in at most `digits` places, without zeros at its end. */
function short(value: number, digits: number): string {
  const size = Math.abs(value);
  const places = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? Math.min(1, digits) : digits;
  return String(Number(value.toFixed(places)));
}

function thousands(value: number, digits: number): string {
  const steps = ['', ' K', ' Mil', ' Bil'];
  const step = Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3));
  return `${short(value / 1000 ** step, digits)}${steps[step]}`;
}

function bytes(value: number, digits: number, end = ''): string {
  const step = Math.min(BYTES.length - 1, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10));
  return `${short(value / 1024 ** step, digits)} ${BYTES[step]}${end}`;
}

function seconds(value: number, digits: number): string {
  if (value === 0) return '0 s';
  const [size, name] = TIMES.find(([from]) => Math.abs(value) >= from) ?? [1e-6, 'µs'];
  return `${short(value / size, digits)} ${name}`;
}

const WRITERS: Readonly<Record<string, (value: number, digits: number) => string>> = {
  s: seconds,
  bytes,
  binBps: (value, digits) => bytes(value, digits, '/s'),
  percentunit: (value, digits) => `${short(value * 100, digits)}%`,
  reqps: (value, digits) => `${short(value, digits)} req/s`,
};

/** @param decimals Places that the panel asks for; else as many as say something */
export function formatted(value: number, unit = 'none', decimals = 2): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : String(value);
  const suffix = unit.startsWith('suffix:') ? unit.slice('suffix:'.length) : '';
  const writer = WRITERS[unit] ?? ((one, digits) => `${thousands(one, digits)}${suffix}`);
  return writer(value, decimals);
}

/** Steps of an axis of seconds that read as times. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];

function stepOf(raw: number, unit: string): number {
  if (unit === 's' && raw > 1) return TIME_STEPS.find((step) => step >= raw) ?? 86_400;
  if (unit === 'bytes' || unit === 'binBps') return 2 ** Math.ceil(Math.log2(raw));
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= raw) ?? raw;
}

/** Ticks of an axis from 0, at numbers that are easy to read. */
export function ticks(high: number, unit = 'none', count = 4): number[] {
  const step = stepOf(high / count, unit);
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
}
