import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median, round } from './figures.ts';

const COUNTS = [1, 20, 200] as const;
const RUNS = 5;
/** Bounds for the largest count; a smaller one must not need more. */
const MOST = { synthSeconds: 3, synthMegabytes: 400, diffSeconds: 3, diffMegabytes: 400 } as const;

/** How long an environment takes to render and to compare, by the number of its workers; whole processes. */
export async function manyWorkers(): Promise<Figure[]> {
  return COUNTS.flatMap((count) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-workers-'));
    try {
      return figuresOf(count, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function figuresOf(count: number, folder: string): Figure[] {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      ...{ cwd: folder, encoding: 'utf8' },
    });
  git('init', '-q', '-b', 'main');
  const synths = [5, 7].map((replicas) => {
    const runs = Array.from({ length: RUNS }, () =>
      measured('workers-child.ts', String(count), folder, String(replicas)),
    );
    git('add', '-A');
    git('commit', '-q', '-m', `at most ${replicas}`);
    return runs;
  });
  const diffs = Array.from({ length: RUNS }, () => measured('diff-child.ts', folder));
  const objects = git('ls-files').trim().split('\n').length;
  const of = `${count} workers, ${objects} objects`;
  const [synth, diff] = [synths.flat(), diffs].map((runs) => ({
    seconds: median(runs.map(({ seconds }) => seconds)),
    megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)),
  }));
  if (synth === undefined || diff === undefined) throw new Error('nothing was measured');
  return [
    figure(`workers-${count}-synth`, synth.seconds, 's', MOST.synthSeconds, of),
    figure(`workers-${count}-synth-memory`, synth.megabytes, 'MB', MOST.synthMegabytes, of),
    figure(`workers-${count}-diff`, diff.seconds, 's', MOST.diffSeconds, of),
    figure(`workers-${count}-diff-memory`, diff.megabytes, 'MB', MOST.diffMegabytes, of),
  ];
}

const figure = (bench: string, value: number, unit: string, most: number, of: string): Figure => ({
  ...{ bench, value: round(value), unit, target: `< ${most} ${unit} (${of})`, ok: value < most },
});

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** A process from start to exit; it says its own peak of memory on standard error. @throws {Error} where it failed */
function measured(child: string, ...args: readonly string[]): Measured {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, child), ...args], {
    ...{ encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  });
  if (status !== 0) throw new Error(`${child} ended with ${status}: ${stderr}`);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, megabytes: Number(/maxrss (\d+)/.exec(stderr)?.[1]) / 1024 };
}
