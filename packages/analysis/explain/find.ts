import type { DesiredObject } from '../../manifests/objects.ts';

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
