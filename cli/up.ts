import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@sluice/runtime/processes';
import { runSynth } from './synth.ts';
import { provideBroker } from './up/broker.ts';
import { type Gauges, readGauges } from './up/gauges.ts';
import { Ledger } from './up/ledger.ts';
import { parseUpOptions, type UpOptions, upHelp } from './up/options.ts';
import { planFor, type SystemPlan } from './up/plan.ts';
import { makeRunDirectory } from './up/rundir.ts';
import { plainScreen, type Screen, terminalScreen } from './up/screen.ts';
import { System } from './up/system.ts';
import { decisionLine, type Frame, renderFrame, statusLine, summary, trajectory } from './up/view.ts';
import { type Ending, EndWatch } from './up/watch.ts';

const FRAME_MS = 250;
const STATUS_EVERY_MS = 5000;
const STALL_SECONDS = 180;

/** `sluice up`: the system on this machine. @returns 0 settled and balanced, 1 not, 2 bad options, 130 interrupted. */
export async function runUp(argv: string[]): Promise<number> {
  const options = parseUpOptions(argv);
  if (options === undefined) {
    process.stdout.write(upHelp);
    return 0;
  }
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  const code = await runSynth([]);
  if (code !== 0) return code;
  const screen =
    process.stdout.isTTY && !options.plain ? terminalScreen(process.stdout) : plainScreen(process.stdout);
  screen.print('starting the broker');
  const broker = await provideBroker(process.env);
  try {
    const run = new Run(options, planFor(options), screen, interruption.signal);
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
  readonly #ledger = new Ledger();
  readonly #startedAt = Date.now();
  readonly #backlogs: number[] = [];
  #gauges: Gauges | undefined;
  #publishing = true;
  #shownDecisions = 0;
  #shownAt = 0;
  #title = '';

  constructor(options: UpOptions, plan: SystemPlan, screen: Screen, interrupted: AbortSignal) {
    this.#options = options;
    this.#plan = plan;
    this.#screen = screen;
    this.#interrupted = interrupted;
  }

  async on(broker: Awaited<ReturnType<typeof provideBroker>>): Promise<number> {
    this.#title = `Sluice: '${this.#plan.queue}' on ${broker.label}`;
    if (this.#screen.plain) this.#screen.print(this.#title);
    const system = new System(this.#plan, broker, makeRunDirectory(), this.#ledger, await freePort());
    try {
      await system.start();
      void this.#publishRuns(system);
      const ending = await this.#watch(system);
      await system.stop();
      return this.#conclude(ending, system);
    } finally {
      await system.stop();
    }
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

  async #watch(system: System): Promise<Ending> {
    const watch = new EndWatch(STALL_SECONDS, Date.now());
    for (;;) {
      this.#gauges = (await readGauges(system.metricsPort)) ?? this.#gauges;
      this.#show();
      const ending = watch.ending(
        {
          publishing: this.#publishing,
          settled: this.#ledger.settled,
          processed: this.#ledger.processed,
          replicas: this.#gauges?.replicas,
          interrupted: this.#interrupted.aborted,
          casualty: system.casualty,
        },
        Date.now(),
      );
      if (ending !== undefined) return ending;
      await sleep(FRAME_MS, undefined, { signal: this.#interrupted }).catch(() => {});
    }
  }

  #show(): void {
    const frame = this.#frame();
    for (const decision of this.#ledger.decisions.slice(this.#shownDecisions))
      if (this.#screen.plain) this.#screen.print(decisionLine(decision));
    this.#shownDecisions = this.#ledger.decisions.length;
    this.#screen.draw(renderFrame(frame, this.#screen.width));
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

  async #conclude(ending: Ending, system: System): Promise<number> {
    this.#screen.keep();
    if (ending === 'failed' && system.casualty !== undefined)
      this.#screen.print(system.failure(system.casualty.name, await system.casualty.ended));
    if (ending !== 'settled') this.#screen.print(`the run was ${ending} before every job was done`);
    this.#screen.print('');
    const path = trajectory(this.#ledger.decisions);
    for (const line of summary(this.#ledger, path, ending === 'settled')) this.#screen.print(line);
    if (ending === 'interrupted') return 130;
    return ending === 'settled' && this.#ledger.balanced ? 0 : 1;
  }
}
