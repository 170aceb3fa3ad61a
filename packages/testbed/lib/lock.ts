import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { TestbedError } from '../cluster.ts';

/**
 * Holds an exclusive lock while `work` runs. flock(1) holds it and ends with our end of its stdin, so
 * the kernel frees the lock however this process ends: no stale lock exists.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.once('error', (cause) => reject(new TestbedError('flock (util-linux) is needed', { cause })));
    holder.once('exit', (code) => reject(new TestbedError(`flock ${file} ended with ${code}`)));
    holder.stdout.once('data', () => resolve());
  });
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
