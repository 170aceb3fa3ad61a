import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { images } from '../../environments/images.ts';
import { organization } from '../../environments/organization.ts';
import { charts } from '../../environments/versions.ts';
import type { HelmChart } from '../../packages/contracts/platform.ts';
import { SERVICES } from '../../services/bundle.ts';
import { codeOwners } from './golden.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface CustomManager {
  readonly customType: string;
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly datasourceTemplate: string;
  readonly autoReplaceStringTemplate?: string;
  readonly packageNameTemplate?: string;
  readonly registryUrlTemplate?: string;
}

interface PackageRule {
  readonly enabled?: boolean;
  readonly matchFileNames?: readonly string[];
  readonly matchManagers?: readonly string[];
  readonly matchPackageNames?: readonly string[];
  readonly minimumReleaseAge?: string;
}

interface Configuration {
  readonly enabledManagers: readonly string[];
  readonly ignorePaths: readonly string[];
  readonly customManagers: readonly CustomManager[];
  readonly packageRules: readonly PackageRule[];
}

const configuration: Configuration = JSON.parse(read('renovate.json'));
const { customManagers, packageRules } = configuration;

/** What the bot finds in a text: the named groups of each match, with the datasource and the package's name. */
function found(path: string, text = read(path)): Record<string, string | undefined>[] {
  return customManagers
    .filter((manager) => manager.managerFilePatterns.some((pattern) => patternOf(pattern).test(path)))
    .flatMap((manager) =>
      manager.matchStrings.flatMap((source) =>
        [...text.matchAll(new RegExp(source, 'g'))].map(({ groups = {} }) => ({
          ...groups,
          registryUrl: manager.registryUrlTemplate ?? groups.registryUrl,
          datasource: manager.datasourceTemplate,
          packageName: fill(manager.packageNameTemplate ?? '{{{depName}}}', groups),
        })),
      ),
    );
}

/** Between slashes stands a regular expression. */
const patternOf = (pattern: string): RegExp => new RegExp(pattern.replace(/^\/|\/$/g, ''));

const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template
    .replace(/\{\{#if (\w+)\}\}(.*?)\{\{\/if\}\}/g, (_, name: string, inner: string) =>
      values[name] === undefined ? '' : inner,
    )
    .replace(/\{\{\{(\w+)\}\}\}/g, (_, name: string) => values[name] ?? '');

const whole = ({ depName, currentValue, currentDigest }: Record<string, string | undefined>): string =>
  `${depName}:${currentValue}${currentDigest === undefined ? '' : `@${currentDigest}`}`;

describe('what keeps the dependencies current', () => {
  it('finds every image of environments/images.ts that others build, and its digest', () => {
    const foreign = Object.values(images).filter((image) => !image.startsWith(`${organization.registry}/`));
    expect(found('environments/images.ts').map(whole)).toEqual(foreign);
    const digest = `sha256:${'0a'.repeat(32)}`;
    expect(
      found('environments/images.ts', `  redis:\n    'registry.example/a/redis:1@${digest}',\n`),
    ).toMatchObject([
      { datasource: 'docker', depName: 'registry.example/a/redis', currentValue: '1', currentDigest: digest },
    ]);
  });

  it('finds every chart of environments/versions.ts', () => {
    const asked = found('environments/versions.ts').map(
      ({ datasource, registryUrl, packageName, currentValue }) =>
        [datasource, registryUrl, packageName, currentValue].join(' '),
    );
    const pinned = Object.values<HelmChart>(charts).map(({ repoURL, chart, version }) =>
      repoURL.startsWith('https://')
        ? `helm ${repoURL} ${chart} ${version}`
        : `docker  ${repoURL}/${chart} ${version}`,
    );
    expect(asked.sort()).toEqual(pinned.sort());
  });

  it('asks a Helm repository by its URL, and an OCI registry for the chart below its path', () => {
    const text = `
      keda: {
        repoURL: 'https://kedacore.github.io/charts',
        chart: 'keda',
        version: '2.18.0',
      },
      karpenter: { repoURL: 'public.ecr.aws/karpenter', chart: 'karpenter', version: '1.8.1' },`;
    expect(found('environments/versions.ts', text)).toMatchObject([
      { datasource: 'helm', registryUrl: 'https://kedacore.github.io/charts', packageName: 'keda' },
      { datasource: 'docker', packageName: 'public.ecr.aws/karpenter/karpenter', currentValue: '1.8.1' },
    ]);
  });

  it('writes an image back in the form that it finds', () => {
    const [manager] = customManagers;
    const newDigest = `sha256:${'0b'.repeat(32)}`;
    const template = manager?.autoReplaceStringTemplate ?? '';
    for (const update of [{ newValue: '2.0.0', newDigest }, { newValue: '2.0.0' }]) {
      const written = fill(template, { depName: 'docker.io/library/rabbitmq', ...update });
      expect(found('environments/images.ts', written).map(whole)).toEqual([written.slice(1, -1)]);
    }
  });

  it('asks of a regular expression only what its engine can: no look-around, no back reference', () => {
    for (const { matchStrings, customType } of customManagers) {
      expect(customType).toBe('regex');
      for (const source of matchStrings) expect(source).not.toMatch(/\(\?(?:[=!]|<[=!])|\\[1-9]|\\k/);
    }
  });

  it('leaves to the workflow what the workflow writes, whatever the owner of the registry', () => {
    const left = packageRules
      .filter(
        ({ enabled, matchFileNames }) =>
          enabled === false && matchFileNames?.includes('environments/images.ts'),
      )
      .flatMap(({ matchPackageNames = [] }) => matchPackageNames.map(patternOf));
    const isLeft = (name: string): boolean => left.some((pattern) => pattern.test(name));
    for (const registry of ['ghcr.io/someone', 'registry.example/team/of/people'])
      for (const service of SERVICES) expect(isLeft(`${registry}/${service}`), service).toBe(true);
    const foreign = found('environments/images.ts').filter(({ depName = '' }) => !isLeft(depName));
    const names = Object.keys(images).filter((name) => !SERVICES.some((service) => service === name));
    expect(foreign).toHaveLength(names.length);
  });

  it('reads the Go modules of the tests too, and never what is rendered', () => {
    expect(configuration.enabledManagers).toContain('custom.regex');
    const ignored = (path: string): boolean =>
      configuration.ignorePaths.some((glob) => matchesGlob(path, glob));
    expect(ignored('packages/testbed/tools/actionlint/go.mod')).toBe(false);
    expect(ignored('dist/local/jobs/deployment-consumer.jobs.yaml')).toBe(true);
  });

  it('lets every release grow a week old', () => {
    expect(packageRules[0]).toMatchObject({ matchPackageNames: ['*'], minimumReleaseAge: '7 days' });
    expect(packageRules.slice(1).filter((rule) => 'minimumReleaseAge' in rule)).toEqual([]);
  });

  it('has rules for managers that it runs and for files that exist', () => {
    const managers = packageRules.flatMap(({ matchManagers = [] }) => matchManagers);
    expect(configuration.enabledManagers).toEqual(expect.arrayContaining([...new Set(managers)]));
    const named = packageRules.flatMap(({ matchFileNames = [] }) => matchFileNames);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('the code owners', () => {
  const lines = read('.github/CODEOWNERS')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/));

  it('own everything, and each line a path that exists', () => {
    expect(lines[0]?.[0]).toBe('*');
    const paths = lines.slice(1).map(([path = '']) => path);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('are teams of the organisation, as the golden command writes them', () => {
    expect(read('.github/CODEOWNERS')).toBe(codeOwners());
  });

  it('are named in full', () => {
    for (const [path, ...owners] of lines) {
      expect(owners, path).not.toEqual([]);
      for (const owner of owners) expect(owner).toMatch(/^@[\w-]+\/[\w-]+$/);
    }
  });
});
