/**
 * The addons' values against the charts themselves: helm refuses what a chart's values.schema.json does, and what its
 * templates cannot render. CHARTS names a folder that holds each pinned chart as a folder or CHART-VERSION.tgz, as
 * `helm pull` leaves it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { addonsOf } from '../../apps/addons/catalog.ts';
import { applications } from '../../apps/main.ts';
import { systemIn } from '../../apps/rendering.ts';
import { environments } from '../../environments/index.ts';
import { type AddonName, charts } from '../../environments/versions.ts';

const folder = process.env.CHARTS;
if (folder === undefined)
  process.stderr.write('left out: values against their charts (CHARTS=FOLDER, with what `helm pull` gave)\n');

const helm = (args: readonly string[], input = '') =>
  spawnSync('helm', args, { input, encoding: 'utf8', maxBuffer: 1 << 26 });

/** Where the chart of an addon lies, if it was given. */
function chartOf(name: AddonName): string | undefined {
  const { chart, version } = charts[name];
  const places = [chart, `${chart}-${version}.tgz`].map((file) => join(folder ?? '', file));
  return places.find((place) => existsSync(place));
}

const pairs = environments.flatMap((environment) =>
  addonsOf(environment).map((addon) => ({
    environment,
    addon,
    what: `${addon.name} in ${environment.name}`,
  })),
);

describe.skipIf(folder === undefined)('the values of', () => {
  test.for(pairs)('$what are what its chart takes', ({ environment, addon }, { skip }) => {
    const path = chartOf(addon.name);
    if (path === undefined) return skip(`${charts[addon.name].chart} is not in ${folder}`);
    const { version } = parse(helm(['show', 'chart', path]).stdout) as { version: string };
    expect(version.replace(/^v/, '')).toBe(charts[addon.name].version.replace(/^v/, ''));
    const cluster = [
      '--kube-version',
      environment.podSecurityVersion,
      '--api-versions',
      'monitoring.coreos.com/v1',
    ];
    const target = ['--namespace', addon.namespace.name, ...cluster];
    const { status, stderr } = helm(
      ['template', addon.name, path, ...target, '--values', '-'],
      JSON.stringify(addon.values(environment, systemIn(environment, applications))),
    );
    expect(status, stderr).toBe(0);
  });
});
