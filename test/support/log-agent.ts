import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { stringify } from 'yaml';
import { LOG_AGENT_FLAGS, logAgentConfig } from '../../charts/log-agent.ts';
import type { CollectorLimits, LogOutputs } from '../../charts/log-collector.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { otelCollector } from '../../packages/testbed/tools.ts';
import { eventually } from './job-harness.ts';

/** A real OpenTelemetry Collector with the file of the agents, on a folder of log files. The first call builds it. */
export class LogAgent {
  /** The kubelet's folder of log files, /var/log/pods on a node. */
  readonly logs: string;
  readonly state: string;
  readonly output: string;
  readonly metricsUrl: string;
  readonly #health: string;
  readonly #command: readonly [string, ...string[]];
  #child: ChildProcess | undefined;

  private constructor(program: string, outputs: LogOutputs, limits: CollectorLimits, ports: Ports) {
    const folder = mkdtempSync(join(tmpdir(), 'log-agent-'));
    this.logs = join(folder, 'pods');
    this.state = join(folder, 'state');
    this.output = join(folder, 'output');
    this.#health = `http://127.0.0.1:${ports.health}`;
    this.metricsUrl = `http://127.0.0.1:${ports.metrics}/metrics`;
    mkdirSync(this.logs);
    mkdirSync(this.state);
    const file = join(folder, 'config.yaml');
    const { logs, state } = this;
    const config = logAgentConfig({ outputs, logs, state, limits, ports, host: '127.0.0.1', node: 'node-1' });
    writeFileSync(file, stringify(config));
    this.#command = [program, `--config=${file}`, ...LOG_AGENT_FLAGS];
  }

  static async start(
    outputs: LogOutputs,
    limits: CollectorLimits = { memoryMiB: 256, queueBytes: 64 * 1024 * 1024 },
  ): Promise<LogAgent> {
    const program = join(await ensureTool(otelCollector), 'otel-collector');
    const ports = { health: await freePort(), metrics: await freePort() };
    const agent = new LogAgent(program, outputs, limits, ports);
    await agent.restart();
    return agent;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it on the state that it had, and waits until it answers. */
  async restart(): Promise<void> {
    const output = openSync(this.output, 'a');
    this.#child = spawnOwned(this.#command, { stdout: output, stderr: output });
    closeSync(output);
    const ready = async () => (await fetch(this.#health).catch(() => undefined))?.ok === true;
    await eventually(`the log agent answers; ${this.output}`, ready, 60);
  }

  /** SIGKILL. */
  async kill9(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    killGroup(child);
    await ended;
  }
}

interface Ports {
  readonly health: number;
  readonly metrics: number;
}
