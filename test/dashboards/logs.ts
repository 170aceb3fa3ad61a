import type { MetricsTarget } from '../../cli/up/metrics-targets.ts';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { LoggedPod } from '../logs/pods.ts';
import { LogAgent } from '../support/log-agent.ts';
import { LogGate } from '../support/log-gate.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import type { LogLine } from './picture.ts';

const { line } = logRecords['victoria-logs'];

const named = (job: string) => ({ job, namespace: job });

/** A real log agent, the gate and a real VictoriaLogs: services write their lines as their containers would. */
export class LoggedServices {
  readonly #agent: LogAgent;
  readonly #gate: LogGate;
  readonly #store: VictoriaLogs;
  readonly #pods = new Map<string, LoggedPod>();

  private constructor(agent: LogAgent, gate: LogGate, store: VictoriaLogs) {
    this.#agent = agent;
    this.#gate = gate;
    this.#store = store;
  }

  static async start(): Promise<LoggedServices> {
    const store = await VictoriaLogs.start();
    const gate = await LogGate.start(store.url);
    return new LoggedServices(await LogAgent.start({ 'victoria-logs': gate.url }), gate, store);
  }

  /** The metrics of agent and gate. */
  get targets(): readonly MetricsTarget[] {
    const { host, pathname } = new URL(this.#agent.metricsUrl);
    return [
      { ...named('opentelemetry-collector'), address: host, path: pathname },
      { ...named('log-gate'), address: new URL(this.#gate.url).host, path: '/metrics' },
    ];
  }

  /** A line that a service has printed. */
  write(service: string, text: string): void {
    const pod =
      this.#pods.get(service) ??
      new LoggedPod(this.#agent.logs, `${service}-0`, { namespace: service, container: service });
    this.#pods.set(service, pod);
    pod.write([text]);
  }

  /** What a panel asks the store, the newest lines first. @throws {Error} where the store refuses the query */
  async read(query: string): Promise<readonly LogLine[]> {
    const records = await this.#store.query(query);
    return records
      .map((record) => ({
        at: Date.parse(record[line.time] ?? '') / 1000,
        text: `${record[line.namespace] ?? ''}/${record[line.pod] ?? ''}  ${record[line.message] ?? ''}`,
      }))
      .sort((one, other) => other.at - one.at);
  }

  async stop(): Promise<void> {
    await this.#agent.kill9();
    await this.#gate.kill9();
    await this.#store.stop();
  }
}
