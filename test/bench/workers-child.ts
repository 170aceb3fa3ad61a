/** `workers-child.ts N FOLDER REPLICAS`: renders one environment with N workers into FOLDER/dist, for test/bench/workers.ts. */
import { join } from 'node:path';
import { render } from '../../apps/main.ts';
import { local } from '../../apps/testing/environments.ts';
import { writeDist } from '../../packages/manifests/dist.ts';
import { withWorkers } from './many-workers.ts';

const [count = '1', folder = '', replicas = '5'] = process.argv.slice(2);
const files = render([local], undefined, withWorkers(Number(count), Number(replicas)));
writeDist(join(folder, 'dist'), files);
process.stdout.write(`${files.size}\n`);
process.stderr.write(`maxrss ${process.resourceUsage().maxRSS}\n`);
