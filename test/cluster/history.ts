/** dist as it was before: the newest commit whose dist differs from the one in the work tree. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../packages/testbed/lib/run.ts';
import { DIST } from './rendered.ts';

const repository = join(DIST, '..');
const git = (...args: string[]) => run(['git', '-C', repository, ...args], { check: false });

export interface EarlierDist {
  readonly commit: string;
  /** A folder as dist is one; the caller removes it. */
  readonly root: string;
}

/** @returns the earlier dist, or why there is none */
export async function earlierDist(): Promise<EarlierDist | string> {
  const log = await git('log', '--format=%h', '--', 'dist');
  if (log.code !== 0) return `git tells no history: ${log.stderr.trim()}`;
  for (const commit of log.stdout.split('\n').filter(Boolean)) {
    const same = (await git('diff', '--quiet', commit, '--', 'dist')).code === 0;
    if (!same) return extract(commit);
  }
  return 'no commit here holds another dist (a shallow clone?)';
}

async function extract(commit: string): Promise<EarlierDist> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-earlier-'));
  const archive = join(folder, 'dist.tar');
  await run(['git', '-C', repository, 'archive', `--output=${archive}`, commit, 'dist']);
  await run(['tar', '-xf', archive, '-C', folder]);
  return { commit, root: join(folder, 'dist') };
}
