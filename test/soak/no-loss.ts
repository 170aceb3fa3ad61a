import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import type { ServiceProcess } from '../../cli/up/processes.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import { keepDeclared, startBroker } from '../support/shared-broker.ts';
import { declareTopology } from './topology.ts';

export interface NoLossSize {
  readonly runs: number;
  readonly jobsPerRun: number;
  readonly consumers: number;
  /** Consumers killed with SIGKILL while they work, spread evenly over the jobs. */
  readonly kills: number;
  /** Broker stops and starts, spread evenly over the jobs. */
  readonly restarts: number;
  readonly deadlineSeconds: number;
}

export interface NoLossResult {
  readonly confirmed: number;
  /** Ids the publisher had confirmed that no consumer ever finished. */
  readonly missing: readonly string[];
  /** Ids finished more than once: what at-least-once delivery allows. */
  readonly doubled: number;
  readonly kills: number;
  readonly restarts: number;
}

/** Real publisher, real broker, real consumers; consumers and broker are killed while jobs flow. */
export async function proveNoLoss(size: NoLossSize): Promise<NoLossResult> {
  const broker = await startBroker();
  const proof = new NoLossProof(size, broker);
  try {
    return await proof.run();
  } finally {
    await proof.stop();
    await broker.stop();
  }
}

class NoLossProof {
  readonly #size: NoLossSize;
  readonly #broker: LocalBroker;
  readonly #finished = new Map<string, number>();
  readonly #fleet = new ServiceProcesses((line) => this.#read(line));
  readonly #env: Record<string, string>;
  readonly #consumers: ServiceProcess[] = [];
  #deliveries = 0;
  #kills = 0;
  #restarts = 0;

  constructor(size: NoLossSize, broker: LocalBroker) {
    this.#size = size;
    this.#broker = broker;
    this.#env = { AMQP_URL: broker.amqpUrl, LOG_LEVEL: 'info' };
  }

  stop = (): Promise<void> => this.#fleet.stop(5);

  async run(): Promise<NoLossResult> {
    await declareTopology(this.#fleet, this.#broker);
    await keepDeclared(this.#broker);
    for (let index = 0; index < this.#size.consumers; index += 1) this.#consumers.push(this.#consumer());
    const disturbed = this.#disturb();
    const ids = await this.#publish();
    await disturbed;
    const missing = () => ids.filter((id) => !this.#finished.has(id));
    await until(
      'every id finished',
      () => this.#finished.size >= ids.length,
      this.#size.deadlineSeconds,
    ).catch(() => {});
    return {
      confirmed: ids.length,
      missing: missing(),
      doubled: [...this.#finished.values()].filter((times) => times > 1).length,
      kills: this.#kills,
      restarts: this.#restarts,
    };
  }

  #consumer(): ServiceProcess {
    return this.#fleet.start('consumer', { ...this.#env, WORK_SECONDS: '0.001', PREFETCH: '1' });
  }

  /** A run that fails is run again under the same id, as a Job's next pod does. */
  async #publish(): Promise<string[]> {
    const { runs, jobsPerRun } = this.#size;
    const ids: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const env = { ...this.#env, RUN_ID: `run-${run}`, JOBS: String(jobsPerRun) };
      let code = await this.#fleet.run('publisher', env);
      for (let retry = 0; code !== 0 && retry < 6; retry += 1) code = await this.#fleet.run('publisher', env);
      if (code !== 0) throw new Error(`publisher run ${run} ended with ${code}`);
      for (let index = 0; index < jobsPerRun; index += 1) ids.push(`run-${run}-${index}`);
    }
    return ids;
  }

  async #disturb(): Promise<void> {
    const { runs, jobsPerRun, kills, restarts, deadlineSeconds } = this.#size;
    const jobs = runs * jobsPerRun;
    const at = (times: number, act: () => Promise<void>) =>
      Array.from({ length: times }, (_, index) => ({ after: (jobs * (index + 1)) / (times + 1), act }));
    const plan = [...at(kills, () => this.#kill()), ...at(restarts, () => this.#restart())];
    for (const { after, act } of plan.sort((a, b) => a.after - b.after)) {
      await until(`${after} deliveries finished`, () => this.#deliveries >= after, deadlineSeconds);
      await act();
    }
  }

  async #kill(): Promise<void> {
    const index = this.#kills % this.#consumers.length;
    this.#consumers[index]?.child.kill('SIGKILL');
    this.#consumers[index] = this.#consumer();
    this.#kills += 1;
  }

  /** Every second one without a close, as a node that fails. */
  async #restart(): Promise<void> {
    if (this.#restarts % 2 === 0) await this.#broker.kill9();
    await this.#broker.restart();
    this.#restarts += 1;
  }

  #read(line: Record<string, unknown> & { msg: string }): void {
    if (line.msg !== 'job processed' || line.outcome !== 'succeeded') return;
    const id = String(line.jobId);
    this.#finished.set(id, (this.#finished.get(id) ?? 0) + 1);
    this.#deliveries += 1;
  }
}
