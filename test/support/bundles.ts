import type { Command } from '@sluice/runtime/processes';
import { prepareBundles } from '../../cli/local/bundles.ts';
import { repositoryRoot, serviceCommand } from '../../cli/up/processes.ts';

/** Services that tests start as processes. */
const STARTED = ['api', 'consumer', 'exporter', 'publisher', 'scaler', 'topology'];
const VARIABLE = 'SLUICE_TEST_BUNDLES';

interface Prepared {
  readonly commands: Readonly<Record<string, Command>>;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A run's set-up: services start as they do in their images, from one compiled file each. From the sources a start
 * takes seven times the CPU, and a run has hundreds of starts.
 */
export async function setup(): Promise<() => void> {
  const bundles = await prepareBundles({ root: repositoryRoot, services: STARTED });
  const commands = Object.fromEntries(STARTED.map((service) => [service, bundles.command(service)]));
  process.env[VARIABLE] = JSON.stringify({ commands, env: bundles.env } satisfies Prepared);
  return () => void delete process.env[VARIABLE];
}

const prepared = (): Prepared | undefined => {
  const text = process.env[VARIABLE];
  return text === undefined ? undefined : JSON.parse(text);
};

/** Starts a service: its bundle where the run's set-up has built one, else its sources. */
export const commandOf = (service: string): Command =>
  prepared()?.commands[service] ?? serviceCommand(service);

/** Variables for processes that run a service: where their compiled code is kept. */
export const bundleEnv = (): Readonly<Record<string, string>> => prepared()?.env ?? {};
