import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot, type ServiceProcess, startService, stopService } from '../../cli/up/processes.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { bundleEnv, commandOf } from './bundles.ts';

type Line = Record<string, unknown> & { msg: string };

/** Services as processes of one proof: their lines in one place, their files in one folder, all gone at the end. */
export class ServiceProcesses {
  readonly directory = mkdtempSync(join(tmpdir(), 'sluice-fleet-'));
  readonly #running = new Set<ServiceProcess>();
  readonly #onLine: (line: Line, name: string) => void;

  constructor(onLine: (line: Line, name: string) => void) {
    this.#onLine = onLine;
  }

  get logFile(): string {
    return join(this.directory, 'fleet.log');
  }

  /** Writes a file the services read; @returns its path. */
  file(name: string, content: string | object): string {
    const path = join(this.directory, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
    return path;
  }

  start(name: string, env: Readonly<Record<string, string>>): ServiceProcess {
    const service = startService(
      name,
      { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...bundleEnv(), ...env },
      { command: commandOf(name), logFile: this.logFile, onLine: (line) => this.#onLine(line as Line, name) },
    );
    this.#running.add(service);
    void service.ended.then(() => this.#running.delete(service));
    return service;
  }

  /** Runs a service that ends by itself. @returns its exit code. */
  run(name: string, env: Readonly<Record<string, string>>): Promise<number> {
    return this.start(name, env).ended;
  }

  /** Runs a program of a service beside its main, `process/check` for example. @returns its exit code. */
  program(
    path: string,
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Promise<number> {
    const command = [process.execPath, join(repositoryRoot, 'services', `${path}.ts`), ...args] as const;
    const options = {
      logFile: this.logFile,
      onLine: (line: unknown) => this.#onLine(line as Line, path),
      command,
    };
    return startService(path, { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...env }, options).ended;
  }

  async stop(graceSeconds = 20): Promise<void> {
    await Promise.all([...this.#running].map((service) => stopService(service, graceSeconds)));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits until `holds`, looking often; longer on a busy machine. @throws Error naming what never came true. */
export async function until(what: string, holds: () => boolean, deadlineSeconds: number): Promise<void> {
  const deadline = Date.now() + patient(deadlineSeconds) * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineSeconds} s: ${what}`);
    await sleep(20);
  }
}
