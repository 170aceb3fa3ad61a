/** Renders as many environments as the argument says, each with all of `local`, for test/bench/diff.ts. */
import { desiredState } from '../../apps/main.ts';
import { render } from '../../apps/rendering.ts';

const count = Number(process.argv[2]);
const { environments, applications } = desiredState;
const [first] = environments.filter(({ name }) => name === 'local');
if (first === undefined) throw new Error("there is no environment 'local'");
const many = Array.from({ length: count }, (_, index) => ({ ...first, name: `env-${index}` }));
process.stdout.write(`${render({ environments: many, applications }).size} files\n`);
process.stderr.write(`maxrss ${process.resourceUsage().maxRSS}\n`);
