/** A rendered CronJob, run on this machine: its scripts, its variables and its own services, at other addresses. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { render, withTransactions } from '../../apps/testing/desired-state.ts';
import { bankInProduction } from '../../apps/testing/environments.ts';
import { objectReader, type RenderedObject } from '../../apps/testing/rendered.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { mongodump, mongorestore } from '../../packages/testbed/tools.ts';
import type { ServiceProcesses } from '../support/service-processes.ts';

const object = objectReader(render([bankInProduction], withTransactions));

/** An object of the environment, as it is rendered. @throws Error where it is not */
export const rendered = (path: string): RenderedObject => object(`${bankInProduction.name}/${path}`);

interface RenderedContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** What of a run is this machine's own. */
export interface Machine {
  /** The folder of the programs that the images bring. */
  readonly programs: string;
  /** Path in the pods -> path here. */
  readonly paths: Readonly<Record<string, string>>;
  /** Variables that say where a server is and who asks; undefined: there is none. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly services: ServiceProcesses;
}

/** Runs the containers of a CronJob one after the other. @returns the first exit code that is not 0, or 0 */
export async function runCronJob(path: string, machine: Machine): Promise<number> {
  const { initContainers = [], containers } = rendered(path).spec.jobTemplate.spec.template.spec;
  for (const container of [...initContainers, ...containers] as readonly RenderedContainer[]) {
    const code = await runContainer(container, machine);
    if (code !== 0) return code;
  }
  return 0;
}

async function runContainer(
  { image, command, env = [] }: RenderedContainer,
  { programs, paths, variables, services }: Machine,
): Promise<number> {
  const here = (value: string): string =>
    Object.entries(paths).reduce((text, [there, local]) => text.replaceAll(there, local), value);
  const own = Object.fromEntries(env.map(({ name, value = '' }) => [name, here(value)]));
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...own, ...variables }))
    if (value !== undefined) values[name] = value;
  if (command === undefined) {
    const service = image.replace(/^.*\//, '').replace(/[:@].*$/, '');
    return services.run(service, values);
  }
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...values, PATH: [programs, '/usr/bin', '/bin'].join(delimiter) },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 120_000,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) process.stderr.write(`${image} ended with ${code ?? signal}: ${said}\n`);
  return code ?? 1;
}

/** Debian's and the built programs, by the names that they have in the images. @returns their folder */
export async function imagePrograms(folder: string): Promise<string> {
  const programs = {
    ...{ 'valkey-cli': '/usr/bin/redis-cli', 'valkey-check-rdb': '/usr/bin/redis-check-rdb' },
    mongodump: join(await ensureTool(mongodump), 'main'),
    mongorestore: join(await ensureTool(mongorestore), 'main'),
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, program] of Object.entries(programs)) {
    // A link would give it another name, and the checker of Redis goes by its own.
    writeFileSync(join(folder, name), `#!/bin/sh\nexec '${program}' "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}
