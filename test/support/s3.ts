import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { versitygw } from '../../packages/testbed/tools.ts';
import { eventually } from './job-harness.ts';

/** A real server of S3's protocol on loopback, over a folder. The first call builds it. */
export class S3Server {
  readonly url: string;
  /** Of its one user, as an AWS SDK reads them. */
  readonly credentials = { AWS_ACCESS_KEY_ID: 'test-user', AWS_SECRET_ACCESS_KEY: 'test-secret' };
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-s3-'));
  readonly #child: ChildProcess;

  private constructor(program: string, port: number, buckets: readonly string[]) {
    this.url = `http://127.0.0.1:${port}`;
    const path = (name: string): string => join(this.#folder, name);
    for (const name of ['iam', 'data', ...buckets.map((bucket) => join('data', bucket))])
      mkdirSync(path(name), { recursive: true });
    const command = [program, '--port', `127.0.0.1:${port}`, '--quiet', '--iam-dir', path('iam')] as const;
    const { AWS_ACCESS_KEY_ID: user, AWS_SECRET_ACCESS_KEY: password } = this.credentials;
    const env = { ...process.env, ROOT_ACCESS_KEY: user, ROOT_SECRET_KEY: password };
    this.#child = spawnOwned([...command, 'posix', path('data')], {
      stdout: 'ignore',
      stderr: 'ignore',
      env,
    });
  }

  /** @param buckets What it has from the start */
  static async start(buckets: readonly string[]): Promise<S3Server> {
    const program = join(await ensureTool(versitygw), 'versitygw');
    const server = new S3Server(program, await freePort(), buckets);
    const answers = async () => (await fetch(server.url).catch(() => undefined)) !== undefined;
    await eventually('the S3 server answers', answers, 30);
    return server;
  }

  /** Ends it; its objects go with it. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    killGroup(this.#child);
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
