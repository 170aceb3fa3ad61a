import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { spawnOwned } from './processes/index.ts';

const own = (file: string) => JSON.stringify(join(import.meta.dirname, file));

/** A service that waits for its stop. */
const SERVICE = `
  import * as z from 'zod';
  import { serviceFields } from ${own('fields.ts')};
  import { runMain } from ${own('run-main.ts')};
  await runMain({
    service: 'waiting',
    schema: z.object(serviceFields),
    stopSeconds: () => 5,
    run: async ({ stop, serve }) => {
      await serve();
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
      return 0;
    },
  });
`;

interface Line {
  readonly msg: string;
  readonly reason?: string;
}

function service(env: Readonly<Record<string, string>>) {
  const child = spawnOwned([process.execPath, '--input-type=module', '-e', SERVICE], {
    cwd: import.meta.dirname,
    env: { ...process.env, HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...env },
    stdout: 'pipe',
  });
  const lines: Line[] = [];
  if (child.stdout === null) throw new Error('the output of the service is a pipe');
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line));
    child.emit('said', lines.at(-1)?.msg);
  });
  return { child, lines, ended: once(child, 'close') };
}

// SIGHUP comes when the terminal is closed.
it.concurrent.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'a service stops in order by %s',
  async (signal) => {
    const { child, lines, ended } = service({});
    child.on('said', (msg) => msg === 'listening' && child.kill(signal));
    expect(await ended).toEqual([0, null]);
    expect(lines.at(-1)).toMatchObject({ msg: 'stopping', reason: signal });
  },
  30_000,
);

it.concurrent('a service with an invalid configuration ends with 2 and says every fault', async () => {
  const { lines, ended } = service({ HTTP_PORT: '70000', LOG_LEVEL: 'loud' });
  expect(await ended).toEqual([2, null]);
  expect(lines).toMatchObject([
    {
      msg: 'invalid configuration',
      faults: [/LOG_LEVEL/, /HTTP_PORT/].map((it) => expect.stringMatching(it)),
    },
  ]);
});
