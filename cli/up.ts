import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@sluice/runtime/processes';
import { styled } from './color.ts';
import { INTERRUPTED, interruption, orInterrupted } from './interruption.ts';
import { prepareBundles } from './local/bundles.ts';
import { runSynth } from './synth.ts';
import { provideBroker, type RunBroker } from './up/broker.ts';
import { BrokerLedger, CompletionMonitor, type RunOutcome } from './up/broker-counts.ts';
import { Ledger } from './up/ledger.ts';
import { type Gauges, readGauges } from './up/metrics-targets.ts';
import {
  type PlanSources,
  parseUpOptions,
  planFor,
  type SystemPlan,
  type UpOptions,
  upHelp,
} from './up/options.ts';
import { makeRunDirectory, repositoryRoot } from './up/processes.ts';
import { System } from './up/system.ts';
import {
  decisionLine,
  type Frame,
  plainScreen,
  renderFrame,
  type Screen,
  statusLine,
  summary,
  terminalScreen,
  trajectory,
} from './up/view.ts';

const FRAME_MS = 250;
const STATUS_EVERY_MS = 5000;
const TARGETS_EVERY_MS = 5000;
const STALL_SECONDS = 180;
/** The longest grace of a consumer, and the scaler's own. */
const GRACE_SECONDS = 45;
/** Seconds from an interruption to the end, whatever does not answer: first those of the services, then in total. */
const INTERRUPTED_GRACE_SECONDS = 3;
const INTERRUPTED_SECONDS = 4.5;

/**
 * `sluice up`: the system on this machine. @returns 0 settled and balanced, 1 not, 2 bad options, 130 interrupted.
 * @param sources What is run. @default the local environment
 */
export async function runUp(argv: string[], sources?: PlanSources): Promise<number> {
  if (argv[0] === 'transactions') {
    const { runTransactions } = await import('./up/transactions.ts');
    return runTransactions(argv.slice(1));
  }
  const options = parseUpOptions(argv);
  if (options === undefined) {
    process.stdout.write(upHelp);
    return 0;
  }
  const interrupted = interruption(INTERRUPTED_SECONDS * 1000);
  try {
    // What cannot run is reported before anything is written or started.
    const plan = planFor(options, sources);
    const code = await runSynth([]);
    return code === 0 && !interrupted.aborted ? await runOnBroker(options, plan, interrupted) : code;
  } catch (error) {
    if (!interrupted.aborted) throw error;
    return INTERRUPTED;
  }
}

async function runOnBroker(options: UpOptions, plan: SystemPlan, interrupted: AbortSignal): Promise<number> {
  const screen =
    process.stdout.isTTY && !options.plain ? terminalScreen(process.stdout) : plainScreen(process.stdout);
  screen.print('starting the broker');
  const broker = await provideBroker(process.env, interrupted);
  try {
    const run = new Run(options, plan, screen, interrupted);
    return await run.on(broker);
  } finally {
    screen.close();
    await broker.stop();
  }
}

/** One run from the first publisher to the summary. */
class Run {
  readonly #options: UpOptions;
  readonly #plan: SystemPlan;
  readonly #screen: Screen;
  readonly #interrupted: AbortSignal;
  readonly #ledger: Ledger;
  readonly #startedAt = Date.now();
  readonly #backlogs: number[] = [];
  #gauges: Gauges | undefined;
  #publishing = true;
  #shownDecisions = 0;
  #shownAt = 0;
  #title = '';
  #targetsAt = Date.now();

  constructor(options: UpOptions, plan: SystemPlan, screen: Screen, interrupted: AbortSignal) {
    this.#options = options;
    this.#plan = plan;
    this.#ledger = plan.tells ? new Ledger() : new BrokerLedger();
    this.#screen = screen;
    this.#interrupted = interrupted;
  }

  async on(broker: RunBroker): Promise<number> {
    this.#title = titleOf(this.#plan, broker);
    if (this.#screen.plain) this.#screen.print(this.#title);
    const system = new System({
      ...{ plan: this.#plan, broker, ledger: this.#ledger, files: makeRunDirectory() },
      bundles: await prepareBundles({
        root: repositoryRoot,
        services: this.#plan.services,
        signal: this.#interrupted,
      }),
      metricsPort: await freePort(),
      onBoard: (address) => this.#screen.print(`board  ${address}`),
    });
    try {
      await orInterrupted(system.start(), this.#interrupted);
      if (system.failed !== undefined) return await this.#conclude('failed', system);
      for (const line of whereMetricsAre(system, broker)) this.#screen.print(line);
      // Messages in the queue before the first job do not belong to this run.
      await this.#read(system);
      void this.#publishRuns(system);
      const ending = await this.#watch(system, broker);
      await this.#stop(system);
      return await this.#conclude(ending, system);
    } finally {
      await this.#stop(system);
    }
  }

  /** Jobs in flight end in order; of a run that was interrupted, what has not ended soon goes back to the queue. */
  #stop(system: System): Promise<void> {
    return system.stop(this.#interrupted.aborted ? INTERRUPTED_GRACE_SECONDS : GRACE_SECONDS);
  }

  async #publishRuns(system: System): Promise<void> {
    const { runs, jobs, everySeconds = 0 } = this.#options;
    for (let run = 1; run <= runs && !this.#interrupted.aborted; run += 1) {
      const next = sleep(everySeconds * 1000, undefined, { signal: this.#interrupted }).catch(() => {});
      await system.publish(`publisher-${Math.floor(Date.now() / 1000)}-${run}`, jobs);
      if (run < runs) await next;
    }
    this.#publishing = false;
  }

  async #watch(system: System, broker: RunBroker): Promise<RunOutcome> {
    const watch = new CompletionMonitor(STALL_SECONDS, Date.now());
    for (;;) {
      await this.#read(system);
      this.#show();
      const ending = watch.ending(
        {
          publishing: this.#publishing,
          settled: this.#ledger.settled,
          processed: this.#ledger.processed,
          replicas: this.#gauges?.replicas,
          interrupted: this.#interrupted.aborted,
          failed: system.failed ?? (broker.running() ? undefined : { name: 'broker' }),
        },
        Date.now(),
      );
      if (ending !== undefined) return ending;
      await sleep(FRAME_MS, undefined, { signal: this.#interrupted }).catch(() => {});
    }
  }

  async #read(system: System): Promise<void> {
    if (Date.now() - this.#targetsAt >= TARGETS_EVERY_MS) {
      this.#targetsAt = Date.now();
      await system.metrics.refresh();
    }
    this.#gauges = (await readGauges(system.metricsPort, this.#interrupted)) ?? this.#gauges;
    if (!(this.#ledger instanceof BrokerLedger)) return;
    const counts = await system.counts(this.#interrupted);
    if (counts !== undefined) this.#ledger.observe(counts, Date.now());
  }

  #show(): void {
    const frame = this.#frame();
    for (const decision of this.#ledger.decisions.slice(this.#shownDecisions))
      if (this.#screen.plain) this.#screen.print(decisionLine(decision));
    this.#shownDecisions = this.#ledger.decisions.length;
    const [header = '', ...lines] = renderFrame(frame, this.#screen.width);
    this.#screen.draw([styled('bold', header, process.stdout), ...lines]);
    if (!this.#screen.plain || Date.now() - this.#shownAt < STATUS_EVERY_MS) return;
    this.#shownAt = Date.now();
    this.#screen.print(statusLine(frame));
  }

  #frame(): Frame {
    const now = Date.now();
    const gauges = this.#gauges;
    const elapsedSeconds = (now - this.#startedAt) / 1000;
    if (gauges && this.#backlogs.length < elapsedSeconds) this.#backlogs.push(gauges.ready + gauges.unacked);
    return {
      title: this.#title,
      elapsedSeconds,
      gauges,
      backlogs: this.#backlogs,
      maxReplicas: this.#plan.maxReplicas,
      ledger: this.#ledger,
      now,
    };
  }

  async #conclude(ending: RunOutcome, system: System): Promise<number> {
    this.#screen.keep();
    if (ending === 'failed') this.#screen.print(await whatFailed(system));
    if (ending !== 'settled') this.#screen.print(`the run ${ENDED[ending]} before every job was done`);
    this.#screen.print('');
    const path = trajectory(this.#ledger.decisions);
    for (const line of summary(this.#ledger, path, ending === 'settled')) this.#screen.print(line);
    this.#screen.print(`log  ${system.logFile}`);
    if (ending === 'interrupted') return INTERRUPTED;
    return ending === 'settled' && this.#ledger.balanced ? 0 : 1;
  }
}

const ENDED = { failed: 'failed', interrupted: 'was interrupted', stalled: 'stalled' } as const;

const titleOf = ({ work: { name, queue } }: SystemPlan, { label }: RunBroker): string =>
  `Sluice: '${name}'${name === queue ? '' : ` of the queue '${queue}'`} on ${label}`;

/** Addresses that last as long as the run, and the file that also knows the replicas as they come and go. */
const whereMetricsAre = (system: System, { metricsUrl }: RunBroker): string[] => [
  `metrics  scaler http://127.0.0.1:${system.metricsPort}/metrics${metricsUrl === undefined ? '' : `   broker ${metricsUrl}/metrics`}`,
  `metrics  of every process, for Prometheus' file_sd_configs: ${system.metrics.file}`,
];

async function whatFailed(system: System): Promise<string> {
  const { failed } = system;
  return failed === undefined ? 'the broker ended' : system.failure(failed.name, await failed.ended);
}
