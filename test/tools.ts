/**
 * Builds what suites of tests run, where it is not in the cache yet: so that a machine can do it beside other work.
 *   node test/tools.ts SUITE...
 */
import { ensureTools } from '../packages/testbed/lib/tools.ts';
import { SUITES } from './suites.ts';

const names = process.argv.slice(2);
const suites = SUITES.filter(({ name }) => names.includes(name));
if (names.length === 0 || suites.length < names.length) {
  const all = SUITES.map(({ name }) => name).join(', ');
  process.stderr.write(`usage: node test/tools.ts SUITE...; a suite is one of ${all}\n`);
  process.exitCode = 2;
} else await ensureTools(suites.flatMap((suite) => suite.tools));
