import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemIn } from '../apps/main.ts';
import { local } from '../environments/local.ts';
import { OptionReader, parseOptions } from './arguments.ts';
import { imageFaults, nameFaults, queueFaults } from './new/names.ts';
import { type NewWorker, registered, workerText } from './new/worker.ts';

const help = `usage: sluice new worker NAME [options]

Writes a workload as one file, puts it into the list of workloads and renders dist/. Delete the file and its line
in the list, and every trace of it is gone with the next synth.

  --queue NAME    the queue it lives off; one that another workload brings is shared   (the worker's name)
  --image IMAGE   what it runs, pinned                                   (this repository's consumer)

  sluice new worker thumbnails --image ghcr.io/example/thumbnails:1.4.0
  sluice new worker audit --queue jobs
`;

const ROOT = join(import.meta.dirname, '..');
const LIST = 'apps/workloads/index.ts';

/** `sluice new`. @returns 0, or the exit code of the render @throws {ConfigurationError} with every fault of the names */
export async function runNew(argv: string[]): Promise<number> {
  const wanted = parse(argv);
  if (wanted === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const file = `apps/workloads/${wanted.name}.ts`;
  const list = registered(readFileSync(join(ROOT, LIST), 'utf8'), wanted.name);
  writeFileSync(join(ROOT, file), workerText(wanted), { flag: 'wx' });
  writeFileSync(join(ROOT, LIST), list);
  // The linter's own order of imports and width of lines.
  run(join('node_modules', '.bin', 'biome'), ['check', '--write', file, LIST]);
  // A process of its own reads the new file.
  const code = run(process.execPath, ['cli/main.ts', 'synth']);
  if (code === 0) process.stdout.write(told(wanted, file));
  return code;
}

const run = (command: string, args: readonly string[]): number =>
  spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;

const told = ({ name, queue, queueExists }: NewWorker, file: string): string => `
made     ${file}, and its line in ${LIST}
rendered dist/*/${name}/: Deployment, identity, broker user, NetworkPolicies, scaling, budget
queue    '${queue}'${queueExists ? ', which another workload brings' : ' with its retries and parked jobs'}

next     npx sluice diff                          what it will do
         npx sluice explain deployment/${name}
         npm run golden                           the tables of whom it may reach
         commit ${file}, ${LIST}, dist/ and test/synth/golden/ together
`;

function parse(argv: string[]): NewWorker | undefined {
  const { values, positionals } = parseOptions(
    'new',
    argv,
    { queue: { type: 'string' }, image: { type: 'string' }, help: { type: 'boolean' } },
    true,
  );
  if (values.help) return undefined;
  const reader = new OptionReader('new');
  const [kind = '', name = '', ...rest] = positionals;
  const { queue = name, image } = values;
  if (kind !== 'worker') reader.fault(`'kind' (${kind}) must be one of: worker`);
  if (rest.length > 0) reader.fault(`takes one name, not also '${rest.join(' ')}'`);
  for (const fault of [...nameFaults(name), ...queueFaults(queue), ...imageFaults(image)])
    reader.fault(fault);
  if (existsSync(join(ROOT, 'apps', 'workloads', `${name}.ts`)))
    reader.fault(`'name' (${name}) must not be that of a file: apps/workloads/${name}.ts exists`);
  reader.check();
  const queueExists = systemIn(local).queues.some((each) => each.queue === queue);
  return { name, queue, queueExists, image };
}
