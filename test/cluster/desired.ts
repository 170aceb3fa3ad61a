/** A git repository that the cluster's Argo CD can follow, served by git itself inside the cluster's network. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../../apps/testing/desired-state.ts';
import type { Environment } from '../../environments/environment.ts';
import { writeDist } from '../../packages/manifests/dist.ts';
import { run } from '../../packages/testbed/lib/run.ts';
import { insideOf } from './in-cluster-process.ts';

const port = 9418;

export interface Desired {
  readonly repoURL: string;
  /** The checkout: tests change it as a person would. */
  readonly folder: string;
  /** Renders an environment into dist/. */
  render(environment: Environment): void;
  /** Commits whatever was changed. @returns its hash */
  commit(message: string): Promise<string>;
  /** Takes the last commit back by a new one. */
  revert(): Promise<string>;
}

/** Starts the server. Resolves when it answers. */
export async function openDesired(cluster: string): Promise<Desired> {
  const inside = insideOf(cluster);
  const base = join(inside.folder, 'git');
  const folder = join(base, 'desired');
  mkdirSync(folder, { recursive: true });
  const person = ['-c', 'user.name=test', '-c', 'user.email=test@sluice.test', '-c', 'commit.gpgsign=false'];
  const git = async (...args: string[]) =>
    (await run(['git', '-C', folder, ...person, ...args])).stdout.trim();
  await git('init', '--quiet', '--initial-branch=main');
  const daemon = [
    'git',
    'daemon',
    '--export-all',
    '--reuseaddr',
    `--base-path=${base}`,
    '--listen=127.0.0.1',
  ];
  inside.start({ name: 'git-daemon', command: [...daemon, `--port=${port}`, '--verbose', base] });
  await inside.until('git-daemon', 10, () => inside.log('git-daemon').includes('Ready to rumble'));
  const commit = async (message: string): Promise<string> => {
    await git('add', '--all');
    await git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  return {
    repoURL: `git://127.0.0.1:${port}/desired`,
    folder,
    render: (environment) => {
      const dist = join(folder, 'dist');
      mkdirSync(dist, { recursive: true });
      for (const name of readdirSync(dist)) rmSync(join(dist, name), { recursive: true });
      writeDist(dist, render([environment]));
    },
    commit,
    revert: async () => {
      await git('revert', '--no-edit', 'HEAD');
      return git('rev-parse', 'HEAD');
    },
  };
}
