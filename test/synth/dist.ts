import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** A rendered object, read back as a client reads it. */
export interface Rendered {
  /** Below dist/. */
  readonly path: string;
  readonly environment: string;
  readonly application: string;
  readonly object: KubeObject;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec?: Fields;
  readonly [key: string]: unknown;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** Rendered YAML, of which a test reads a few fields by name. */
// biome-ignore lint/suspicious/noExplicitAny: each test states the shape it expects, and fails where it is not
export type Fields = any;

export const rendered: readonly Rendered[] = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(DIST, join(entry.parentPath, entry.name)))
  .sort()
  .map((path) => {
    const [environment = '', application = ''] = path.split('/');
    return { path, environment, application, object: parse(readFileSync(join(DIST, path), 'utf8')) };
  });

export const environmentNames = [...new Set(rendered.map(({ environment }) => environment))];

export const inEnvironment = (environment: string): KubeObject[] =>
  rendered.filter((each) => each.environment === environment).map(({ object }) => object);

export const ofKind = (kind: string): Rendered[] => rendered.filter(({ object }) => object.kind === kind);

export interface Workload extends Rendered {
  /** The pod template of a Deployment, StatefulSet, Job or CronJob. */
  readonly template: { readonly metadata: Metadata; readonly spec: Fields };
}

/** Everything that makes pods. */
export const workloads: readonly Workload[] = rendered.flatMap((each) => {
  const spec = each.object.kind === 'CronJob' ? each.object.spec.jobTemplate.spec : each.object.spec;
  return spec?.template?.spec === undefined ? [] : [{ ...each, template: spec.template }];
});

export const workloadsOf = (environment: string): Workload[] =>
  workloads.filter((each) => each.environment === environment);

export const containersOf = ({ template }: Workload): Fields[] => [
  ...(template.spec.initContainers ?? []),
  ...template.spec.containers,
];

export const selects = (selector: Record<string, string>, labels: Record<string, string> = {}): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
