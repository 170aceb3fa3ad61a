/**
 * Builds what suites of tests run, where it is not in the cache yet: so that a machine can do it beside other work.
 *   node test/tools.ts SUITE...            builds
 *   node test/tools.ts SUITE... --built    builds nothing; ends with 1 where something is missing
 */
import { existsSync } from 'node:fs';
import { ensureTools, toolDir } from '../packages/testbed/lib/tools.ts';
import { SUITES } from './suites.ts';

const flags = process.argv.slice(2).filter((word) => word.startsWith('-'));
const names = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const suites = SUITES.filter(({ name }) => names.includes(name));
const tools = suites.flatMap((suite) => suite.tools);
if (names.length === 0 || suites.length < names.length || flags.some((flag) => flag !== '--built')) {
  process.stderr.write(
    `usage: node test/tools.ts SUITE... [--built]; a suite is one of ${SUITES.map(({ name }) => name).join(', ')}\n`,
  );
  process.exitCode = 2;
} else if (flags.length > 0) {
  const missing = tools.filter((tool) => !existsSync(toolDir(tool))).map(({ name }) => name);
  if (missing.length > 0) process.stdout.write(`not built yet: ${missing.join(', ')}\n`);
  process.exitCode = missing.length > 0 ? 1 : 0;
} else await ensureTools(tools);
