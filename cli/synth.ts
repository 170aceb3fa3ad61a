import { fileURLToPath } from 'node:url';
import { desiredState } from '../apps/main.ts';
import { render } from '../apps/rendering.ts';
import { fidelityText, keptPolicies } from '../packages/analysis/fidelity.ts';
import { compareDist, type Drift, isClean, writeDist } from '../packages/manifests/dist.ts';
import { OptionReader, parseOptions } from './arguments.ts';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

const help = `usage: sluice synth [options]     (npm run synth)

Renders every environment of environments/index.ts into dist/<environment>/<application>/, one file an
object; removes what is not rendered any more. What an HPA or KEDA does not keep exactly of the policy
of a workload follows, one line a clause.

  --check           write nothing; list the files that differ and exit 1 if there are any
  --format FORMAT   text | json                                                     (text)

  npx sluice synth
  npx sluice synth --check --format json
`;

const formats: Readonly<Record<string, (drift: Drift, count: number, check: boolean) => string>> = {
  text: (drift, count, check) =>
    check ? report(drift, count) : `${count} manifests in dist/ (${summary(drift)})\n`,
  json: (drift, count) => `${JSON.stringify({ manifests: count, ...drift }, null, 2)}\n`,
};

/**
 * `sluice synth`. @returns 0 done (or no drift), 1 drift. @throws ConfigurationError on unknown options
 * @param root The folder that holds what was rendered. @default dist/ of this checkout
 * @param state What is rendered. @default what this repository wants
 */
export async function runSynth(argv: string[], root = DIST, state = desiredState): Promise<number> {
  const { values } = parseOptions('synth', argv, {
    check: { type: 'boolean', default: false },
    format: { type: 'string', default: 'text' },
    help: { type: 'boolean' },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const reader = new OptionReader('synth');
  reader.oneOf('format', values.format, Object.keys(formats));
  reader.check();
  const files = render(state);
  const drift = values.check ? compareDist(root, files) : writeDist(root, files);
  process.stdout.write(formats[values.format]?.(drift, files.size, values.check) ?? '');
  if (values.format === 'text')
    process.stdout.write(fidelityText(state.environments.flatMap((one) => keptPolicies(one, state))));
  return values.check && !isClean(drift) ? 1 : 0;
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
