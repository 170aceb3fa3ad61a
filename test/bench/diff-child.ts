/** One run of `sluice diff` in the repository that the argument names, for test/bench/diff.ts. */
import { enableCompileCache } from 'node:module';

// As `sluice` itself does, before anything else is loaded.
enableCompileCache();
const { runDiff } = await import('../../cli/diff.ts');

const [root = ''] = process.argv.slice(2);
const render = (): Promise<never> => Promise.reject(new Error('two revisions need no render'));
await runDiff(['main~1', 'main', '--format', 'markdown'], { root, render });
process.stderr.write(`maxrss ${process.resourceUsage().maxRSS}\n`);
