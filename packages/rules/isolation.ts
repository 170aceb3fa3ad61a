import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type Right, rightsIn } from '../manifests/links/rights.ts';
import { type DesiredObject, isFields, valueAt } from '../manifests/objects.ts';
import { listAt, podLabelsOf } from '../manifests/references.ts';

/** Subjects that stand for every user, or for every user or pod that is authenticated. */
const EVERYBODY =
  /^(Group system:(authenticated|unauthenticated|serviceaccounts(:.*)?)|User system:anonymous)$/;

/** Who may make them runs pods as any account of the namespace. */
const WORKLOADS =
  /^(pods|replicationcontrollers|(deployments|statefulsets|daemonsets|replicasets)\.apps|(jobs|cronjobs)\.batch)$/;

/** What lets its holder become more than it is, or read what is secret. @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const POWERFUL: readonly ((right: Right) => boolean)[] = [
  ({ resource, verb }) => resource.startsWith('*') && !['get', 'list', 'watch'].includes(verb),
  ({ resource, name }) => resource.startsWith('*') && name === undefined,
  ({ verb }) => ['escalate', 'bind', 'impersonate'].includes(verb),
  ({ resource, name }) => resource === 'secrets' && name === undefined,
  ({ resource }) =>
    /^(pods\/(exec|attach|ephemeralcontainers)|nodes\/proxy|serviceaccounts\/token)/.test(resource),
  ({ resource, verb }) => WORKLOADS.test(resource) && ['create', '*'].includes(verb),
  ({ resource, verb }) => resource === 'namespaces' && ['patch', 'update', '*'].includes(verb),
  ({ resource, verb }) => resource === 'persistentvolumes' && ['create', '*'].includes(verb),
  ({ resource, verb }) =>
    /^(certificatesigningrequests\/approval|signers)\./.test(resource) &&
    !['get', 'list', 'watch'].includes(verb),
  ({ resource, verb }) =>
    /(roles|rolebindings|webhookconfigurations)\./.test(resource) &&
    ['create', 'update', 'patch', '*'].includes(verb),
];

/** Every right that such a subject has, and every powerful right of any subject. */
export const wideRightsIn = (world: ObjectIndex): readonly Right[] =>
  rightsIn(world).filter((right) => EVERYBODY.test(right.subject) || POWERFUL.some((is) => is(right)));

/** The peers that the NetworkPolicies of a workload's pods let in and out, where these are all of a kind. */
export interface Isolation {
  readonly workload: DesiredObject;
  /** The policies that select its pods. */
  readonly policies: readonly DesiredObject[];
  /** `everybody may reach its pods on every port`, `its pods may reach everybody on port 443` */
  readonly texts: readonly string[];
}

/** @see https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export function isolationOf(workload: DesiredObject, world: ObjectIndex): Isolation {
  const policies = world.policiesOf(workload.namespace, podLabelsOf(workload));
  const inward = policies.filter((policy) => typesOf(policy).includes('Ingress'));
  const outward = policies.filter((policy) => typesOf(policy).includes('Egress'));
  return {
    workload,
    policies,
    texts: [
      ...wide(inward, 'ingress', 'from').map((who) => `${who[0]} may reach its pods on ${who[1]}`),
      ...wide(outward, 'egress', 'to').map((who) => `its pods may reach ${who[0]} on ${who[1]}`),
    ],
  };
}

function typesOf({ fields }: DesiredObject): readonly unknown[] {
  const types = listAt(fields, ['spec', 'policyTypes']);
  const hasEgress = listAt(fields, ['spec', 'egress']).length > 0;
  return types.length > 0 ? types : ['Ingress', ...(hasEgress ? ['Egress'] : [])];
}

type Wide = readonly [who: string, ports: string];

/** Without a policy every peer; else the open ranges that its rules name. */
function wide(policies: readonly DesiredObject[], field: string, side: string): Wide[] {
  if (policies.length === 0) return [['everybody', 'every port']];
  const rules = policies.flatMap(({ fields }) => listAt(fields, ['spec', field]));
  return rules.flatMap((rule): Wide[] => {
    const peers = listAt(rule, [side]);
    const who = peers.length === 0 ? ['everybody'] : peers.flatMap(everybody);
    const ports = listAt(rule, ['ports']).map((port) => `port ${valueAt(port, ['port']) ?? 'any'}`);
    return [...new Set(who)].flatMap((one) =>
      (ports.length === 0 ? ['every port'] : ports).map((port) => [one, port] as const),
    );
  });
}

const isEmpty = (selector: unknown): boolean =>
  selector === undefined || (isFields(selector) && Object.keys(selector).length === 0);

/** Peers that are no particular pods. */
function everybody(peer: unknown): string[] {
  const cidr = valueAt(peer, ['ipBlock', 'cidr']);
  if (cidr === '0.0.0.0/0' || cidr === '::/0') return ['every address'];
  const spaces = valueAt(peer, ['namespaceSelector']);
  const isAll = isFields(spaces) && isEmpty(spaces) && isEmpty(valueAt(peer, ['podSelector']));
  return isAll ? ['every pod of the cluster'] : [];
}
