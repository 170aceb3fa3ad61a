import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type Right, rightsIn } from '../manifests/links/rights.ts';

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
