/**
 * Builds what suites of tests run, where it is not in the cache yet: so that a machine can do it beside other work.
 *   node test/tools.ts SUITE...
 * Prints `ready SUITE` or `failed SUITE` as soon as that is known, the first suites first; what only a few of its files need
 * comes after that. Ends with 1 where something failed.
 */
import { buildTools } from '../packages/testbed/lib/tools.ts';
import { SUITES, type Suite } from './suites.ts';

async function build(suites: readonly Suite[]): Promise<boolean> {
  const built = buildTools([
    ...suites.flatMap(({ tools }) => tools),
    ...suites.flatMap(({ later = [] }) => later),
  ]);
  const ready = async ({ name, tools, prepare = [] }: Suite): Promise<boolean> => {
    const ends = [...tools.map((tool) => built.get(tool)), ...prepare.map((bring) => bring())];
    const faults = (await Promise.allSettled(ends)).filter(({ status }) => status === 'rejected');
    for (const fault of faults) process.stderr.write(`${name}: ${(fault as PromiseRejectedResult).reason}\n`);
    process.stdout.write(`${faults.length === 0 ? 'ready' : 'failed'} ${name}\n`);
    return faults.length === 0;
  };
  const all = await Promise.all(suites.map(ready));
  const rest = await Promise.allSettled(built.values());
  return all.every(Boolean) && rest.every(({ status }) => status === 'fulfilled');
}

const names = process.argv.slice(2);
const suites = SUITES.filter(({ name }) => names.includes(name));
if (names.length === 0 || suites.length < names.length) {
  const all = SUITES.map(({ name }) => name).join(', ');
  process.stderr.write(`usage: node test/tools.ts SUITE...; a suite is one of ${all}\n`);
  process.exitCode = 2;
} else if (!(await build(suites))) process.exitCode = 1;
