import { latch } from '@sluice/policy';
import { commandOf } from '../support/bundles.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import type { Vhost } from '../support/vhost.ts';
import { declareTopologyOn } from './topology.ts';

export interface CyclesSize {
  readonly cycles: number;
  /** Of the latch's mark; each cycle publishes exactly so many, each tenth one only a residue of 7. */
  readonly mark: number;
  readonly replicas: number;
}

export interface CyclesResult {
  /** Jobs of each cycle that finished. */
  readonly finished: readonly number[];
  /** The counts the workload went through. */
  readonly trajectory: readonly number[];
  /** Deliveries that had been delivered before: work whose consumer was killed. */
  readonly redelivered: number;
  readonly reasons: ReadonlySet<string>;
}

const RESIDUE = 7;
const CYCLE_DEADLINE_SECONDS = 60;

/**
 * Real publisher, broker, scaler and consumers: 0 -> N -> 0 again and again, and no consumer is killed at work.
 * @param vhost Of a broker that renews its statistics several times a second.
 */
export async function proveCycles(size: CyclesSize, vhost: Vhost): Promise<CyclesResult> {
  const proof = new CyclesProof(size, vhost);
  try {
    return await proof.run();
  } finally {
    await proof.stop();
  }
}

class CyclesProof {
  readonly #size: CyclesSize;
  readonly #vhost: Vhost;
  readonly #fleet = new ServiceProcesses((line) => this.#read(line));
  readonly #finished = new Map<string, number>();
  readonly #trajectory: number[] = [0];
  readonly #reasons = new Set<string>();
  #redelivered = 0;

  constructor(size: CyclesSize, vhost: Vhost) {
    this.#size = size;
    this.#vhost = vhost;
  }

  stop = (): Promise<void> => this.#fleet.stop();

  async run(): Promise<CyclesResult> {
    await declareTopologyOn(this.#fleet, this.#vhost.broker, this.#vhost.name);
    this.#fleet.start('scaler', { CONFIG_FILE: this.#scalerFile() });
    for (let cycle = 0; cycle < this.#size.cycles; cycle += 1) await this.#cycle(cycle);
    return {
      finished: [...this.#finished.values()],
      trajectory: this.#trajectory,
      redelivered: this.#redelivered,
      reasons: this.#reasons,
    };
  }

  async #cycle(cycle: number): Promise<void> {
    const runId = `cycle-${cycle}`;
    const jobs = cycle % 10 === 1 ? RESIDUE : this.#size.mark;
    this.#finished.set(runId, 0);
    const env = { AMQP_URL: this.#vhost.amqpUrl, RUN_ID: runId, JOBS: String(jobs) };
    const code = await this.#fleet.run('publisher', env);
    if (code !== 0) throw new Error(`publisher run ${runId} ended with ${code}`);
    const steps = 1 + 2 * (cycle + 1);
    const over = () => this.#finished.get(runId) === jobs && this.#trajectory.length >= steps;
    await until(`cycle ${cycle}: ${jobs} jobs done and back at 0`, over, CYCLE_DEADLINE_SECONDS);
  }

  #scalerFile(): string {
    const { mark, replicas } = this.#size;
    const { name: vhost, amqpUrl, broker } = this.#vhost;
    const { managementUrl: url, username, password } = broker;
    const passwordFile = this.#fleet.file('password', password);
    const env = { AMQP_URL: amqpUrl, WORK_SECONDS: '0.02', HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };
    return this.#fleet.file('scaler.json', {
      pollSeconds: 0.5,
      workloads: [
        {
          name: 'consumer',
          source: { kind: 'management', url, vhost, queue: 'jobs', username, passwordFile },
          target: { kind: 'process', command: commandOf('consumer'), env, graceSeconds: 20 },
          policy: latch({ replicas, startWhen: { readyAtLeast: mark, oldestWaitSeconds: 2 } }),
        },
      ],
    });
  }

  #read(line: Record<string, unknown> & { msg: string }): void {
    if (line.msg === 'decision' && line.current !== line.replicas) {
      this.#trajectory.push(Number(line.replicas));
      this.#reasons.add(String(line.reason));
    }
    if (line.msg !== 'job processed') return;
    if (line.redelivered === true) this.#redelivered += 1;
    const id = String(line.jobId);
    const runId = id.slice(0, id.lastIndexOf('-'));
    this.#finished.set(runId, (this.#finished.get(runId) ?? 0) + 1);
  }
}
