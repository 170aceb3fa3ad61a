import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { patient } from '../../packages/testbed/lib/patience.ts';

/** Lines of redis.conf that differ from those of a durable server. */
export interface RedisServerOptions {
  /** @default appendonly yes, appendfsync always, maxmemory-policy noeviction */
  readonly configuration?: readonly string[];
}

/** A Redis of one's own on loopback. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it with SIGKILL, as a machine that fails. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM where it runs, and starts it on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const DURABLE = ['appendonly yes', 'appendfsync always', 'maxmemory-policy noeviction', 'save ""'];

/** Starts Debian's Redis on a free port with its own data. @throws Error with the end of its log */
export async function startRedis({ configuration = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  if (!existsSync('/usr/bin/redis-server')) throw new Error('no Redis here: apt-get install redis-server');
  const directory = mkdtempSync(join(tmpdir(), 'sluice-redis-'));
  const port = await freePort();
  const lines = ['bind 127.0.0.1', `port ${port}`, `dir ${directory}`, `logfile ${directory}/redis.log`];
  // The last line of a name counts.
  writeFileSync(join(directory, 'redis.conf'), [...lines, ...DURABLE, ...configuration, ''].join('\n'));
  const server = new Server(directory, port);
  await server.restart();
  return server;
}

class Server implements RedisServer {
  readonly url: string;
  readonly port: number;
  readonly #directory: string;
  #child: ChildProcess | undefined;

  constructor(directory: string, port: number) {
    this.#directory = directory;
    this.port = port;
    this.url = `redis://127.0.0.1:${port}/0`;
  }

  kill = (): Promise<void> => end(this.#child, 'SIGKILL');

  async restart(): Promise<void> {
    await end(this.#child, 'SIGTERM');
    this.#child = spawnOwned(['/usr/bin/redis-server', join(this.#directory, 'redis.conf')], {
      ...{ stdout: 'ignore', stderr: 'ignore' },
    });
    const deadline = Date.now() + patient(20) * 1000;
    while (!(await pong(this.port))) {
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(`Redis did not start: ${this.#log()}`);
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    await end(this.#child, 'SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #log = (): string => readFileSync(join(this.#directory, 'redis.log'), 'utf8').slice(-2000);
}

/** Sends a signal to a server of a test, and to all of its group after 10 s; resolves when it is gone. */
export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const escalation = setTimeout(() => killGroup(child), 10_000);
  await exited;
  clearTimeout(escalation);
}

/** A server that still loads its log answers with an error. */
function pong(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
  socket.setTimeout(1000, () => socket.destroy());
  socket.once('data', (data) => {
    resolve(data.toString().startsWith('+PONG'));
    socket.destroy();
  });
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
  return promise;
}
