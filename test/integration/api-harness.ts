import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceProcess } from '../../cli/up/processes.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

type Line = Record<string, unknown> & { msg: string };

/** One replica of the web service: its process, and the connections that a client keeps to it. */
export class Replica {
  readonly #fleet = new ServiceProcesses((line) => void this.lines.push(line));
  readonly #agent = new Agent({ keepAlive: true });
  readonly lines: Line[] = [];
  readonly process: ServiceProcess;
  answered = 0;

  private constructor(env: Readonly<Record<string, string>>) {
    this.process = this.#fleet.start('api', env);
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Replica> {
    const replica = new Replica(env);
    await until('a replica listens', () => replica.of('listening').length > 0, 30);
    return replica;
  }

  of(msg: string): Line[] {
    return this.lines.filter((line) => line.msg === msg);
  }

  get port(): number {
    return Number(this.of('listening')[0]?.port);
  }

  async ask(path: string, method = 'GET'): Promise<{ status: number; headers: IncomingMessage['headers'] }> {
    const asked = request({ host: '127.0.0.1', port: this.port, path, method, agent: this.#agent });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await text(response);
    return { status: response.statusCode ?? 0, headers: response.headers };
  }

  /** SIGTERM. @returns the exit code */
  stop(): Promise<number> {
    this.process.child.kill('SIGTERM');
    return this.process.ended;
  }

  async remove(): Promise<void> {
    this.#agent.destroy();
    await this.#fleet.stop();
  }
}

const LOOK_MS = 100;

/** Sends requests without a pause, in turn to every replica that said it is ready when it was last looked at. */
export class Load {
  readonly failures: string[] = [];
  readonly #replicas: Replica[];
  readonly #workers: Promise<void>[];
  #ready: readonly Replica[];
  #turn = 0;
  #running = true;

  constructor(replicas: readonly Replica[], concurrency: number) {
    this.#replicas = [...replicas];
    this.#ready = this.#replicas;
    this.#workers = [this.#look(), ...Array.from({ length: concurrency }, () => this.#work())];
  }

  add(replica: Replica): void {
    this.#replicas.push(replica);
  }

  async end(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#workers);
  }

  async #look(): Promise<void> {
    while (this.#running) {
      const readiness = this.#replicas.map((replica) =>
        replica.ask('/readyz').then(
          ({ status }) => status === 200,
          () => false,
        ),
      );
      const ready = await Promise.all(readiness);
      this.#ready = this.#replicas.filter((_, index) => ready[index]);
      await sleep(LOOK_MS);
    }
  }

  async #work(): Promise<void> {
    while (this.#running) {
      this.#turn += 1;
      const replica = this.#ready[this.#turn % this.#ready.length];
      if (replica === undefined) throw new Error('no replica is ready');
      const method = this.#turn % 2 === 0 ? 'GET' : 'POST';
      try {
        const { status } = await replica.ask(`/api/load?turn=${this.#turn}`, method);
        if (status !== 200) this.failures.push(`status ${status}`);
        replica.answered += 1;
      } catch (error) {
        this.failures.push((error as Error).message);
      }
    }
  }
}
