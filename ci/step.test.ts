import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnOwned } from '@sluice/runtime/processes';
import { expect, test } from 'vitest';
import { runCommand } from './step.ts';

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a command ends with its own code, and with 127 where there is no such program', async () => {
  expect(await runCommand(['sh', '-c', 'exit 3'])).toBe(3);
  expect(await runCommand(['no-such-program'], {}, 'beside others')).toBe(127);
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'a command and what it has started end with a run that ends by %s',
  async (signal) => {
    const command = ['sh', '-c', 'sleep 1000 & echo $$ $!; wait'];
    const program = `import { runCommand } from ${JSON.stringify(join(import.meta.dirname, 'step.ts'))};
      await runCommand(${JSON.stringify(command)});`;
    const run = spawnOwned([process.execPath, '--input-type=module', '-e', program], { stdout: 'pipe' });
    if (run.stdout === null) throw new Error('the output of the run is a pipe');
    const [line] = (await once(createInterface(run.stdout), 'line')) as [string];
    const pids = line.split(' ').map(Number);
    expect(pids.map(alive)).toEqual([true, true]);
    run.kill(signal);
    await once(run, 'exit');
    await expect.poll(() => pids.map(alive), { interval: 20 }).toEqual([false, false]);
  },
);
