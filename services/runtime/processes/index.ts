import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below what Linux gives to connections that go out (32768 and more), and to Services of Kubernetes (30000 and more):
 * a server that is started again finds its port free, whatever connected meanwhile.
 * @see https://docs.kernel.org/networking/ip-sysctl.html ip_local_port_range
 */
const FIRST = 20_000;
const BEYOND = 30_000;
/** More are in use only where something else is wrong. */
const TRIES = 100;

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** So many, no two the same: all are held until the last is found. @throws Error where none is free */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, hold));
  await Promise.all(held.map(({ server }) => once(server.close(), 'close')));
  return held.map(({ port }) => port);
}

async function hold(): Promise<{ port: number; server: Server }> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, BEYOND);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (free) return { port, server };
  }
  throw new Error(`no port of loopback from ${FIRST} to ${BEYOND - 1} is free`);
}

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** How a process is started that ends with this one. */
export interface OwnedOptions extends Pick<SpawnOptions, 'cwd' | 'env'> {
  /** @default 'inherit' */
  readonly stdout?: 'inherit' | 'pipe' | 'ignore' | number;
  /** @default 'inherit' */
  readonly stderr?: 'inherit' | 'pipe' | 'ignore' | number;
}

/**
 * The shell becomes the program (`exec`), so that the child's pid, signals and exit code are the program's.
 * Before that it leaves a watcher in the program's process group, 1 MB and asleep in `read`: the other end of
 * its standard input is held by the owner alone, and closes when the owner ends, however it does. The watcher
 * is orphaned at once: a program that waits for its children never meets one that it did not start.
 */
const OWNED = `exec 3<&0 </dev/null
(trap '' HUP INT TERM; (read -r _ <&3; kill -s KILL 0) >/dev/null 2>&1 &)
exec "$@" 3<&-`;

const AFTERWARDS = `trap '' HUP INT TERM; read -r _; exec "$@" </dev/null`;

/**
 * Starts a program that does not outlive this process: it leads a process group and a session of its own,
 * which gets SIGKILL when this process ends in whatever way, SIGKILL included, and when the program itself
 * has ended. Ctrl-C at the terminal does not reach it: ending it in order is the owner's part. What leaves
 * the group (a daemon) is out of reach. Needs a POSIX shell; a program that cannot be started ends with 126
 * or 127, as a shell says it, and the reason is on stderr.
 */
export function spawnOwned(
  command: Command,
  { stdout = 'inherit', stderr = 'inherit', ...options }: OwnedOptions = {},
): ChildProcess {
  const child = spawn('/bin/sh', ['-c', OWNED, 'sh', ...command], {
    ...options,
    detached: true,
    stdio: ['pipe', stdout, stderr],
  });
  // What the program left in its group ends with it.
  child.once('exit', () => child.stdin?.destroy());
  child.stdin?.on('error', () => {});
  return child;
}

/** SIGKILL to the whole process group of an owned program; nothing where it has already ended. */
export function killGroup({ pid }: Pick<ChildProcess, 'pid'>): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Something left to do for an owner that may end without doing it. */
export interface Afterwards {
  /** The owner has done it itself. */
  cancel(): void;
}

/** Has another process run a command when this one ends without having cancelled it: it removes what is left. */
export function afterwards(command: Command, options: Pick<SpawnOptions, 'env'> = {}): Afterwards {
  const child = spawn('/bin/sh', ['-c', AFTERWARDS, 'sh', ...command], {
    ...options,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  return { cancel: () => void child.kill('SIGKILL') };
}
