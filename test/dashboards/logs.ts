import type { MetricsTarget } from '../../cli/up/metrics-targets.ts';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { LoggedPod } from '../logs/pods.ts';
import { LogAgent } from '../support/log-agent.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import type { LogLine } from './picture.ts';

const { line } = logRecords['victoria-logs'];

/** A real log agent and a real VictoriaLogs: services write their lines as their containers would. */
export class LoggedServices {
  readonly #agent: LogAgent;
  readonly #store: VictoriaLogs;
  readonly #pods = new Map<string, LoggedPod>();

  private constructor(agent: LogAgent, store: VictoriaLogs) {
    this.#agent = agent;
    this.#store = store;
  }

  static async start(): Promise<LoggedServices> {
    const store = await VictoriaLogs.start();
    return new LoggedServices(await LogAgent.start({ 'victoria-logs': store.url }), store);
  }

  /** The agent's own metrics. */
  get target(): MetricsTarget {
    const { host, pathname } = new URL(this.#agent.metricsUrl);
    const agent = { job: 'opentelemetry-collector', namespace: 'opentelemetry-collector' };
    return { ...agent, address: host, path: pathname };
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
    await this.#store.stop();
  }
}
