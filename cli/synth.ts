import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { render } from '../apps/main.ts';
import { ConfigurationError } from '../packages/contracts/errors.ts';
import { compareDist, type Drift, isClean, writeDist } from '../packages/manifests/dist.ts';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

const help = `usage: sluice synth [--check]     (npm run synth)

Renders every environment of apps/environments.ts into dist/<environment>/<application>/, one file an
object; removes what is not rendered any more.

  --check   write nothing; list the files that differ and exit 1 if there are any
`;

/**
 * `sluice synth`. @returns 0 done (or no drift), 1 drift. @throws ConfigurationError on unknown options
 * @param root The folder that holds what was rendered. @default dist/ of this checkout
 */
export async function runSynth(argv: string[], root = DIST): Promise<number> {
  const options = parse(argv);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const files = render();
  if (!options.check) {
    const drift = writeDist(root, files);
    process.stdout.write(`${files.size} manifests in dist/ (${summary(drift)})\n`);
    return 0;
  }
  const drift = compareDist(root, files);
  process.stdout.write(report(drift, files.size));
  return isClean(drift) ? 0 : 1;
}

const summary = ({ missing, changed, stale }: Drift): string =>
  `${missing.length} new, ${changed.length} changed, ${stale.length} removed`;

function report(drift: Drift, count: number): string {
  if (isClean(drift)) return `dist/ is what the sources render: ${count} manifests\n`;
  const lines = [
    ...drift.missing.map((path) => `missing  dist/${path}`),
    ...drift.changed.map((path) => `changed  dist/${path}`),
    ...drift.stale.map((path) => `stale    dist/${path}`),
  ];
  return `${lines.join('\n')}\ndist/ is not what the sources render; 'npm run synth' makes it so\n`;
}

function parse(argv: string[]): { check?: boolean; help?: boolean } {
  try {
    return parseArgs({ args: argv, options: { check: { type: 'boolean' }, help: { type: 'boolean' } } })
      .values;
  } catch (error) {
    throw new ConfigurationError('synth', [error instanceof Error ? error.message : String(error)]);
  }
}
