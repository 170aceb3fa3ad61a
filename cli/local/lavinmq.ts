import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { images } from '../../apps/images.ts';

const docker = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('docker', args)).stdout.trim();

/** LavinMQ in a container of its own, on free loopback ports; `stop` removes it with its data. */
export async function startLavinMQ() {
  const username = 'admin';
  const password = randomBytes(24).toString('base64url');
  const container = await docker(
    ...['run', '--detach', '--rm', '--label', 'app.kubernetes.io/part-of=sluice'],
    ...['--publish', '127.0.0.1::5672', '--publish', '127.0.0.1::15672'],
    ...['--env', `LAVINMQ_DEFAULT_USER=${username}`],
    ...['--env', `LAVINMQ_DEFAULT_PASSWORD=${hashPassword(password)}`],
    images.lavinmq,
    ...['--bind=0.0.0.0', '--default-user-only-loopback=false'],
  );
  const address = (port: number) => docker('port', container, `${port}/tcp`);
  const managementUrl = `http://${await address(15672)}`;
  await untilAlive(managementUrl, `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  return {
    label: 'LavinMQ in Docker',
    amqpUrl: `amqp://${await address(5672)}/%2f`,
    managementUrl,
    username,
    password,
    stop: async () => void (await docker('rm', '--force', container)),
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

async function untilAlive(managementUrl: string, authorization: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const response = await fetch(`${managementUrl}/api/aliveness-test/%2f`, {
      headers: { authorization },
    }).catch(() => undefined);
    if (response?.ok) return;
    if (Date.now() > deadline) throw new Error(`LavinMQ did not answer at ${managementUrl} within 60 s`);
    await sleep(250);
  }
}
