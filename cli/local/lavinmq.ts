import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Credentials, request } from '@sluice/runtime';
import { afterwards } from '@sluice/runtime/processes';
import { images } from '../../environments/images.ts';

/** The image may have to be pulled. */
const RUN_TIMEOUT_MS = 300_000;
const DOCKER_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 2000;

async function docker(
  args: string[],
  options: { signal?: AbortSignal; timeout?: number } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { timeout: DOCKER_TIMEOUT_MS, ...options });
  return stdout.trim();
}

/**
 * LavinMQ in a container of its own, on free loopback ports. `stop` removes it with its data, and so does the end
 * of this process, however it ends.
 */
export async function startLavinMQ(signal?: AbortSignal) {
  const container = `sluice-${randomBytes(6).toString('hex')}`;
  const remove = ['rm', '--force', '--volumes', container];
  const removal = afterwards(['docker', ...remove], { env: process.env });
  const stop = async (): Promise<void> => {
    await docker(remove);
    removal.cancel();
  };
  try {
    return { ...(await run(container, signal)), stop };
  } catch (error) {
    await stop().catch(() => {}); // it may not even be there
    throw error;
  }
}

async function run(container: string, signal: AbortSignal | undefined) {
  const username = 'admin';
  const password = randomBytes(24).toString('base64url');
  await docker(
    [
      ...['run', '--detach', '--rm', '--name', container, '--label', 'app.kubernetes.io/part-of=sluice'],
      ...['--publish', '127.0.0.1::5672', '--publish', '127.0.0.1::15672'],
      ...['--env', `LAVINMQ_DEFAULT_USER=${username}`],
      ...['--env', `LAVINMQ_DEFAULT_PASSWORD=${hashPassword(password)}`],
      images.lavinmq,
      ...['--bind=0.0.0.0', '--default-user-only-loopback=false'],
    ],
    { timeout: RUN_TIMEOUT_MS, ...(signal && { signal }) },
  );
  const address = (port: number) => docker(['port', container, `${port}/tcp`]);
  const managementUrl = `http://${await address(15672)}`;
  await untilAlive(managementUrl, { username, password }, signal);
  return {
    label: 'LavinMQ in Docker',
    amqpUrl: `amqp://${await address(5672)}/%2f`,
    ...{ managementUrl, username, password },
  };
}

/**
 * base64(salt + SHA-256(salt + password)), four bytes of salt: what both brokers take as a password hash.
 * @see https://www.rabbitmq.com/docs/passwords#computing-password-hash
 */
export function hashPassword(password: string, salt: Buffer = randomBytes(4)): string {
  const digest = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

async function untilAlive(
  managementUrl: string,
  credentials: Credentials,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  const url = `${managementUrl}/api/aliveness-test/%2f`;
  for (;;) {
    const answer = await request({ url, credentials, signal, timeoutMs: REQUEST_TIMEOUT_MS }).catch(
      () => undefined,
    );
    if (answer?.status === 200) return;
    signal?.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`LavinMQ did not answer at ${managementUrl} within 60 s`);
    await sleep(250);
  }
}
