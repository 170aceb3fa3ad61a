import { readdirSync, readFileSync } from 'node:fs';
import { type DesiredState, render } from '../../../apps/rendering.ts';
import type { Environment } from '../../../environments/environment.ts';
import { allLinks, linksOf } from '../../manifests/links/all.ts';
import type { Link } from '../../manifests/links/links.ts';
import type { ObjectIndex } from '../../manifests/links/object-index.ts';
import { onceForPair } from '../../manifests/memo.ts';
import { type DesiredObject, snapshotOf, valueAt } from '../../manifests/objects.ts';
import { podSpecOf } from '../../manifests/references.ts';
import { type KeptPolicy, keptPolicies } from '../fidelity.ts';
import { type Dependencies, dependenciesOf, worldOf } from './dependencies.ts';
import { originsOf, type Place } from './origins.ts';

/** kubectl's short names of the kinds that an environment has. @see `kubectl api-resources` */
const SHORT: Readonly<Record<string, string>> = {
  app: 'application',
  appproj: 'appproject',
  at: 'analysistemplate',
  cert: 'certificate',
  cj: 'cronjob',
  cm: 'configmap',
  deploy: 'deployment',
  dr: 'destinationrule',
  es: 'externalsecret',
  hpa: 'horizontalpodautoscaler',
  ing: 'ingress',
  netpol: 'networkpolicy',
  ns: 'namespace',
  pc: 'priorityclass',
  pdb: 'poddisruptionbudget',
  promrule: 'prometheusrule',
  ro: 'rollout',
  sa: 'serviceaccount',
  smon: 'servicemonitor',
  sts: 'statefulset',
  svc: 'service',
  vs: 'virtualservice',
};

const kindOf = (written: string): string => {
  const kind = written.toLowerCase();
  return (Object.hasOwn(SHORT, kind) ? SHORT[kind] : undefined) ?? kind;
};

/** `<kind>/<name>[.<namespace>]`, the kind in whatever case. */
export const referenceOf = ({ kind, name, namespace }: DesiredObject): string =>
  `${kind.toLowerCase()}/${name}${namespace === undefined ? '' : `.${namespace}`}`;

/** The objects that a reference may mean; a namespace that is left out is any, and a kind may be short as kubectl's. */
export function findObjects(reference: string, objects: readonly DesiredObject[]): DesiredObject[] {
  const wanted = reference.replace(/^[^/]+/, kindOf);
  const exact = objects.filter((one) => referenceOf(one) === wanted);
  const named = objects.filter(({ kind, name }) => `${kind.toLowerCase()}/${name}` === wanted);
  return exact.length > 0 ? exact : named;
}

/** References that are close to one that means nothing: the same name, else the same kind. */
export function suggestionsFor(reference: string, objects: readonly DesiredObject[]): string[] {
  const [written = '', name = ''] = reference.toLowerCase().split('/');
  const kind = kindOf(written);
  const [first = ''] = name.split('.');
  const named = objects.filter((one) => first !== '' && one.name.includes(first));
  const alike = named.length > 0 ? named : objects.filter((one) => one.kind.toLowerCase() === kind);
  return [...new Set(alike.map(referenceOf))].sort();
}

/** Why an object is as it is. */
export interface Explanation {
  readonly object: DesiredObject;
  /** The outermost call first; with the text of each line. */
  readonly origin: readonly { readonly place: Place; readonly text: string }[];
  /** The Application that syncs its folder. */
  readonly deliveredBy: DesiredObject | undefined;
  readonly dependencies: Dependencies;
  /** How the policies are kept that it is scaled by; none where nothing scales it. */
  readonly kept: readonly KeptPolicy[];
  /** What it leads to, the chain below each. */
  readonly chains: readonly Chain[];
  /** Links of others that lead to it. */
  readonly reachedBy: readonly Link[];
}

/** A link, and the links of the object that it leads to. */
export interface Chain {
  readonly link: Link;
  readonly next: readonly Chain[];
}

/** The objects of an environment as the sources render it now, rendered once. */
export const objectsOf = (
  environment: Environment,
  { applications }: DesiredState,
): readonly DesiredObject[] => renderedOnce(applications, environment);

const renderedOnce = onceForPair((applications: DesiredState['applications'], environment: Environment) => [
  ...snapshotOf('working tree', render({ environments: [environment], applications })).objects.values(),
]);

/** @param objects All of the environment, the object among them. */
export function explain(
  object: DesiredObject,
  environment: Environment,
  objects: readonly DesiredObject[],
  state: DesiredState,
): Explanation {
  const world = worldOf(environment, objects, state);
  return {
    object,
    origin: originOf(object, environment, state),
    deliveredBy: world.delivering(object),
    dependencies: dependenciesOf(object, environment, state),
    kept: keptOf(object, environment, state),
    chains: chainsOf(object, world, new Set([object])),
    reachedBy: allLinks(world).filter(({ end }) => end.kind === 'object' && end.object === object),
  };
}

/** What is kept of the policy of a workload, or of the HPA or ScaledObject with its name. */
const keptOf = (
  { kind, namespace, name }: DesiredObject,
  environment: Environment,
  state: DesiredState,
): readonly KeptPolicy[] =>
  SCALED.includes(kind)
    ? keptPolicies(environment, state).filter(
        ({ target }) => target?.namespace === namespace && target?.name === name,
      )
    : [];

const SCALED = ['Deployment', 'Rollout', 'HorizontalPodAutoscaler', 'ScaledObject'];

function originOf(
  object: DesiredObject,
  environment: Environment,
  state: DesiredState,
): Explanation['origin'] {
  const made = originsOf(environment, state).find(
    ({ kind, apiVersion, name, namespace }) =>
      kind === object.kind &&
      apiVersion === object.apiVersion &&
      name === object.name &&
      namespace === object.namespace,
  );
  return [...declarationsOf(object.application), ...(made?.places ?? []), ...valuesOf(object)].map(
    (place) => ({
      place,
      text: lineAt(place),
    }),
  );
}

/** Where the values of a chart are written: no caller of the Application passes there. */
function valuesOf({ kind, name, fields }: DesiredObject): Place[] {
  if (kind !== 'Application' || valueAt(fields, ['spec', 'source', 'chart']) === undefined) return [];
  return linesWith('apps/addons', new RegExp(`name: '${name}',`));
}

/** Where a workload is declared by a factory, which builds it later: `= queueWorker('consumer', ...`. */
export const declarationsOf = (application: string): Place[] =>
  linesWith('apps/workloads', new RegExp(`= \\w+\\('${application}',`));

function linesWith(folder: string, text: RegExp): Place[] {
  const directory = new URL(`../../../${folder}/`, import.meta.url);
  const sources = readdirSync(directory).filter((file) => /(?<!\.test)\.ts$/.test(file));
  return sources.flatMap((file) => {
    const lines = readFileSync(new URL(file, directory), 'utf8').split('\n');
    const line = lines.findIndex((each) => text.test(each));
    return line < 0 ? [] : [`${folder}/${file}:${line + 1}`];
  });
}

function lineAt(place: Place): string {
  const [path = '', line] = place.split(':');
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  return text.split('\n')[Number(line) - 1]?.trim() ?? '';
}

/** An object is followed once; a workload and an Application have explanations of their own. */
function chainsOf(object: DesiredObject, world: ObjectIndex, seen: Set<DesiredObject>): Chain[] {
  return linksOf(object, world).map((link) => {
    const { end } = link;
    if (end.kind !== 'object' || seen.has(end.object) || isHub(end.object)) return { link, next: [] };
    seen.add(end.object);
    return { link, next: chainsOf(end.object, world, seen) };
  });
}

const isHub = (object: DesiredObject): boolean =>
  object.kind === 'Application' || podSpecOf(object) !== undefined;
