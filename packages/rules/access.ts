import { type Right, rightsIn } from '../manifests/links/rights.ts';
import type { World } from '../manifests/links/world.ts';

/** Subjects that are everybody, or everybody with a login or a pod. */
const EVERYBODY =
  /^(Group system:(authenticated|unauthenticated|serviceaccounts(:.*)?)|User system:anonymous)$/;

/** What lets its holder become more than it is, or read what is secret. @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const POWERFUL: readonly ((right: Right) => boolean)[] = [
  ({ resource, verb }) => resource.startsWith('*') && !['get', 'list', 'watch'].includes(verb),
  ({ resource, name }) => resource.startsWith('*') && name === undefined,
  ({ verb }) => ['escalate', 'bind', 'impersonate'].includes(verb),
  ({ resource, name }) => resource === 'secrets' && name === undefined,
  ({ resource }) => /^(pods\/(exec|attach)|nodes\/proxy|serviceaccounts\/token)/.test(resource),
  ({ resource, verb }) => resource === 'pods' && ['create', '*'].includes(verb),
  ({ resource, verb }) =>
    /(roles|rolebindings|webhookconfigurations)\./.test(resource) &&
    ['create', 'update', 'patch', '*'].includes(verb),
];

/** Every right of everybody, and every powerful one of anyone. */
export const wideRightsIn = (world: World): readonly Right[] =>
  rightsIn(world).filter((right) => EVERYBODY.test(right.subject) || POWERFUL.some((is) => is(right)));
