/**
 * `npm test`: its parts, and a table of what each took. With arguments it is vitest with these, e.g. `npm test -- docs`.
 * Ends with 1 where a test failed twice, or types or lint failed.
 */
import { npmTest } from './npm-test.ts';
import { reportOf } from './report.ts';
import { runCommand } from './step.ts';

const args = process.argv.slice(2);
if (args.length > 0) process.exitCode = await runCommand(['vitest', 'run', ...args]);
else {
  const began = performance.now();
  const steps = await npmTest();
  process.exitCode = steps.some(({ count }) => count.failed > 0) ? 1 : 0;
  const report = reportOf(steps, [], (performance.now() - began) / 1000);
  process.stdout.write(`${report.join('\n')}\n`);
}
