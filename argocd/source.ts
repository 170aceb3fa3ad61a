import type { Checks } from '../packages/contracts/checks.ts';
import type { GitRepository, HelmChart } from '../packages/contracts/platform.ts';
import type { Application } from './names.ts';

/** Where an Application's manifests come from. */
export type Source =
  /** A folder of plain manifests. */
  | { readonly kind: 'folder'; readonly repository: GitRepository; readonly path: string }
  /** A chart with values; the release is named after the Application. */
  | {
      readonly kind: 'chart';
      readonly chart: HelmChart;
      readonly values: object;
      /** The chart's definitions come from elsewhere. @default false */
      readonly skipCrds?: boolean;
    };

/** Where an Application finds its objects, as Argo CD writes it. */
export function sourceOf(name: string, source: Source): Application['spec']['source'] & object {
  if (source.kind === 'folder') {
    const { repository, path } = source;
    return { repoURL: repository.repoURL, targetRevision: repository.revision, path };
  }
  const { repoURL, chart, version } = source.chart;
  const { skipCrds = false } = source;
  const helm = { releaseName: name, valuesObject: source.values, ...(skipCrds && { skipCrds }) };
  return { repoURL, chart, targetRevision: version, helm };
}

const EXACT = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Adds a fault for each path, revision or version that Argo CD could not pin. */
export function checkSource(checks: Checks, source: Source): void {
  if (source.kind === 'folder') {
    const { path, repository } = source;
    const inside = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path) && !path.includes('..');
    checks
      .that(inside, `'path' (${path}) must be a folder below the repository's root`)
      .that(isUrl(repository.repoURL), `'repoURL' (${repository.repoURL}) must be a URL without a wildcard`)
      .that(isRevision(repository.revision), `'revision' (${repository.revision}) must name one revision`);
    return;
  }
  const { repoURL, chart, version } = source.chart;
  checks
    .that(
      !/[*\s]/.test(repoURL) && repoURL.includes('.'),
      `'repoURL' (${repoURL}) must be one Helm repository`,
    )
    .that(chart !== '', `'chart' must not be empty`)
    .that(EXACT.test(version), `'version' (${version}) of ${chart} must be one version, not a range`);
}

const isUrl = (text: string): boolean =>
  !text.includes('*') && (URL.canParse(text) || /^\S+@\S+:\S+$/.test(text));

/** HEAD is whatever the server calls so. */
const isRevision = (text: string): boolean => /^[\w][\w./-]*$/.test(text) && text !== 'HEAD';
