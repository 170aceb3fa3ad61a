import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type {
  Container,
  JobSpec,
  Kind,
  KubeObject,
  ObjectOf,
  PodMaker,
  PodTemplate,
  Strings,
} from './shapes.ts';

export const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** A rendered object, read back as a client reads it. */
export interface Rendered<Of extends KubeObject = KubeObject> {
  /** Below dist/. */
  readonly path: string;
  readonly environment: string;
  readonly application: string;
  readonly object: Of;
}

export const rendered: readonly Rendered[] = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(DIST, join(entry.parentPath, entry.name)))
  .sort()
  .map((path) => {
    const [environment = '', application = ''] = path.split('/');
    return { path, environment, application, object: parse(readFileSync(join(DIST, path), 'utf8')) };
  });

export const environmentNames = [...new Set(rendered.map(({ environment }) => environment))];

export const isOf =
  <K extends Kind>(kind: K) =>
  (object: KubeObject): object is KubeObject & ObjectOf<K> =>
    object.kind === kind;

/** The objects of one kind, in one environment or in all. */
export function ofKind<K extends Kind>(kind: K, environment?: string): Rendered<KubeObject & ObjectOf<K>>[] {
  const is = isOf(kind);
  return rendered.flatMap((each) =>
    is(each.object) && (environment ?? each.environment) === each.environment
      ? [{ ...each, object: each.object }]
      : [],
  );
}

/** The objects of one kind in one environment. */
export const objectsIn = <K extends Kind>(environment: string, kind: K): (KubeObject & ObjectOf<K>)[] =>
  ofKind(kind, environment).map(({ object }) => object);

/** Something that makes pods: a Deployment, a Rollout, a StatefulSet, a Job or a CronJob. */
export interface Workload extends Rendered {
  readonly maker: PodMaker;
  readonly template: PodTemplate;
  /** Set where the pods end by themselves. */
  readonly job?: JobSpec;
}

export const workloads: readonly Workload[] = rendered.flatMap((each): Workload[] => {
  const { object } = each;
  if (object.kind === 'Deployment' || object.kind === 'Rollout' || object.kind === 'StatefulSet')
    return [{ ...each, maker: object.spec, template: object.spec.template }];
  if (object.kind !== 'Job' && object.kind !== 'CronJob') return [];
  const job = object.kind === 'Job' ? object.spec : object.spec.jobTemplate.spec;
  return [{ ...each, maker: job, template: job.template, job }];
});

export const workloadsOf = (environment: string): Workload[] =>
  workloads.filter((each) => each.environment === environment);

export const containersOf = ({ template }: Workload): Container[] => [
  ...(template.spec.initContainers ?? []),
  ...template.spec.containers,
];

export const selects = (selector: Strings, labels: Strings = {}): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
