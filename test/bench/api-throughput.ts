import { join } from 'node:path';
import autocannon from 'autocannon';
import { BenchServer } from './api-server.ts';
import { type Figure, interleaved, median, round } from './figures.ts';

const PAIRS = 24;
const SECONDS = 1;
const CONNECTIONS = 50;
const PATH = '/api/orders?customer=4711&page=2&sort=created';
const MIN_RATIO = 0.85;
/** Of CPU time: what the load's sender hides where it, too, is at its limit. */
const MIN_CPU_RATIO = 0.8;

interface Run {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuMicroseconds: number;
}

/** The web service with metrics and logging on against a bare Fastify hello on the same route, under full load. */
export async function apiThroughput(): Promise<Figure[]> {
  const bare = await BenchServer.start(join(import.meta.dirname, 'api-hello.ts'));
  const main = join(import.meta.dirname, '../../services/api/main.ts');
  const api = await BenchServer.start(main, { DRAIN_DELAY_SECONDS: '0', LINGER_SECONDS: '0' });
  const runs = { api: [] as Run[], bare: [] as Run[] };
  let answered = 0;
  const load = (server: BenchServer, into: Run[]) => async () => {
    const { run, requests } = await loaded(server);
    if (server === api) answered += requests;
    into.push(run);
    return run.perSecond;
  };
  // Compilers warm up: these runs count for nothing.
  for (const server of [bare, api]) await load(server, [])();
  const { a, ratio, spread } = await interleaved(PAIRS, load(api, runs.api), load(bare, runs.bare));
  const lines = await api.stop();
  await bare.stop();
  if (lines < answered) throw new Error(`${answered} requests were answered, but ${lines} lines logged`);
  return [
    figure({ bench: 'api-throughput', value: a, unit: 'requests/s', ratio, spread }, MIN_RATIO),
    figure(
      compared('api-p99', 'ms', runs, ({ p99Ms }) => p99Ms),
      MIN_RATIO,
    ),
    figure(
      compared('api-cpu', 'us CPU/request', runs, ({ cpuMicroseconds }) => cpuMicroseconds),
      MIN_CPU_RATIO,
    ),
  ];
}

/** Keeps a server as busy as it can be. */
async function loaded(server: BenchServer): Promise<{ run: Run; requests: number }> {
  const latencies: number[] = [];
  const before = server.cpuSeconds();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const url = `${server.origin}${PATH}`;
    const options = { url, connections: CONNECTIONS, duration: SECONDS };
    const instance = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
    instance.on('response', (_client, _status, _bytes, milliseconds) => void latencies.push(milliseconds));
  });
  const failures = result.non2xx + result.errors + result.timeouts;
  if (failures > 0) throw new Error(`${failures} requests failed`);
  const requests = result['2xx'];
  const cpuMicroseconds = ((server.cpuSeconds() - before) / requests) * 1e6;
  const p99Ms = latencies.sort((x, y) => x - y)[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
  return { run: { perSecond: requests / result.duration, p99Ms, cpuMicroseconds }, requests };
}

type Runs = Readonly<Record<'api' | 'bare', readonly Run[]>>;

type Measured = Required<Pick<Figure, 'bench' | 'value' | 'unit' | 'ratio' | 'spread'>>;

/** What is better when less: the ratio is the baseline over ours, so that 1 is as good and less is worse. */
function compared(bench: string, unit: string, { api, bare }: Runs, of: (run: Run) => number): Measured {
  const baseline = bare.map(of);
  const ours = api.map(of);
  const ratios = ours.map((value, pair) => (baseline[pair] ?? Number.NaN) / value).sort((x, y) => x - y);
  const spread = [round(ratios[0]), round(ratios.at(-1))] as const;
  return { bench, value: median(ours), unit, ratio: median(ratios), spread };
}

const figure = (measured: Measured, minimum: number): Figure => ({
  ...measured,
  value: round(measured.value),
  ratio: round(measured.ratio),
  target: `>= ${minimum} x bare Fastify`,
  ok: measured.ratio >= minimum,
});
