/** `workers-child.ts N FOLDER REPLICAS`: renders one environment with N workers into FOLDER/dist, for test/bench/workers.ts. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// As `sluice` itself does, before anything else is loaded.
enableCompileCache();
const { render } = await import('../../apps/rendering.ts');
const { local } = await import('../../apps/testing/environments.ts');
const { writeDist } = await import('../../packages/manifests/dist.ts');
const { withWorkers } = await import('./many-workers.ts');

const [count = '1', folder = '', replicas = '5'] = process.argv.slice(2);
const files = render({
  environments: [local],
  applications: withWorkers(Number(count), Number(replicas)),
});
writeDist(join(folder, 'dist'), files);
process.stdout.write(`${files.size}\n`);
process.stderr.write(`maxrss ${process.resourceUsage().maxRSS}\n`);
