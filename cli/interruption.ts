import { execFile } from 'node:child_process';

/** What of a process asks a command to end. */
export interface ProcessLike {
  readonly ppid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputLike;
  readonly stderr: OutputLike;
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
  kill(pid: number, signal: 0): unknown;
}

interface OutputLike {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** The exit code of an interrupted command, as shells report it for Ctrl-C. */
export const INTERRUPTED = 130;

/** Ctrl-C comes twice, from the terminal and from npm: so soon after the first, it is no second one. */
const ONE_PRESS_MS = 500;
const PARENT_CHECK_MS = 500;
/** The output has no reader any more: the pipe or the terminal is closed. */
const UNREAD: readonly (string | undefined)[] = ['EPIPE', 'EIO'];

/**
 * Notifies a command that leaves servers behind when to end them: at Ctrl-C, SIGTERM, a closed terminal (SIGHUP, or an
 * output without a reader), or the end of the npm that started it, which may have been killed. From then on it has
 * `withinMs`, whatever it waits for; then, or at a second Ctrl-C or SIGTERM, the process ends at once.
 */
export function interruption(withinMs: number, self: ProcessLike = process): AbortSignal {
  const controller = new AbortController();
  let since = Number.POSITIVE_INFINITY;
  const end = () => self.exit(INTERRUPTED);
  const interrupt = (reason: string) => {
    if (controller.signal.aborted) return;
    since = performance.now();
    setTimeout(end, withinMs).unref();
    controller.abort(new Error(`interrupted: ${reason}`));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    self.on(signal, () => (performance.now() - since > ONE_PRESS_MS ? end() : interrupt(signal)));
  self.on('SIGHUP', () => interrupt('SIGHUP'));
  for (const output of [self.stdout, self.stderr])
    output.on('error', (error) => {
      if (!UNREAD.includes(error.code)) throw error;
      interrupt('the output has no reader');
    });
  if (self.env.npm_lifecycle_event !== undefined) watchParent(self, () => interrupt('npm ended'));
  return controller.signal;
}

function watchParent(self: ProcessLike, ended: () => void): void {
  const parent = self.ppid;
  let npm = parent;
  npmAbove(parent, (pid) => {
    npm = pid;
  });
  const timer = setInterval(() => {
    if (self.ppid === parent && lives(self, npm)) return;
    clearInterval(timer);
    ended();
  }, PARENT_CHECK_MS).unref();
}

/** npm runs a script by a shell, which waits for it and survives npm: then it is the shell's parent. */
function npmAbove(parent: number, found: (pid: number) => void): void {
  execFile('ps', ['-o', 'ppid=,args=', '-p', String(parent)], { timeout: 5000 }, (error, stdout) => {
    const [, grandparent] = /^\s*(\d+) \S*sh -c /.exec(stdout) ?? [];
    if (error === null && grandparent !== undefined) found(Number(grandparent));
  });
}

function lives(self: ProcessLike, pid: number): boolean {
  try {
    self.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The promise's outcome, or the signal's reason as soon as it aborts. What was begun may go on. */
export function orInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  return outcome;
}
