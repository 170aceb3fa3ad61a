import type { ObjectIndex } from '../../manifests/links/object-index.ts';
import {
  accountOf,
  covers,
  hasToken,
  type Right,
  rightsIn,
  rightsText,
} from '../../manifests/links/rights.ts';
import type { DesiredObject } from '../../manifests/objects.ts';
import { valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf } from '../../manifests/references.ts';

/** What a workload that is there before and after may no longer ask the API server for. */
export interface LostRights {
  readonly workload: DesiredObject;
  readonly why: string;
  /** Identities of the bindings and roles that gave it. */
  readonly causes: readonly string[];
}

/** The rights of accounts that pods run as, before, without those that they have after. */
export function lostRights(before: ObjectIndex, after: ObjectIndex): LostRights[] {
  const [olds, news] = [before, after].map((world) => Map.groupBy(rightsIn(world), ({ subject }) => subject));
  const workloads = after.objects.filter((one) => podSpecOf(one) !== undefined);
  return workloads.flatMap((workload): LostRights[] => {
    const former = before.named(workload.kind, workload.namespace, workload.name);
    if (former === undefined) return [];
    const [was, is] = [former, workload].map((one) => accountOf(one.namespace, podSpecOf(one)));
    const had = olds?.get(was ?? '') ?? [];
    const has = [is ?? '', ...groupsOf(workload.namespace)]
      .flatMap((subject) => news?.get(subject) ?? [])
      .map((right): Right => ({ ...right, subject: was ?? '' }));
    if (had.length === 0) return [];
    return [...token(former, workload, before, after), ...withdrawn(workload, is ?? '', had, has)];
  });
}

/**
 * The groups that every account of a namespace is in: what they may do, it may.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens
 */
const groupsOf = (namespace: string | undefined): readonly string[] => [
  'Group system:authenticated',
  'Group system:serviceaccounts',
  ...(namespace === undefined ? [] : [`Group system:serviceaccounts:${namespace}`]),
];

function withdrawn(
  workload: DesiredObject,
  account: string,
  had: readonly Right[],
  has: readonly Right[],
): LostRights[] {
  const lost = had.filter((right) => !has.some((one) => covers(one, right)));
  const causes = [...new Set(lost.flatMap(({ by }) => by.map(({ identity }) => identity)))];
  return rightsText(lost).map((text) => ({
    workload,
    why: `runs as ${account}, which may no longer ${text}`,
    causes: [...causes, workload.identity],
  }));
}

/** Without a token none of the rights of its account is of use. */
function token(
  former: DesiredObject,
  workload: DesiredObject,
  before: ObjectIndex,
  after: ObjectIndex,
): LostRights[] {
  const [had, has] = [[former, before] as const, [workload, after] as const].map(([one, world]) =>
    mounts(one, world),
  );
  if (had !== true || has !== false) return [];
  const account = accountOf(workload.namespace, podSpecOf(workload));
  return [
    {
      workload,
      why: `gets no token of ${account} any more, which the rights of that account need`,
      causes: [workload.identity, ...accountsOf(workload, before)],
    },
  ];
}

const accountsOf = ({ namespace, ...rest }: DesiredObject, world: ObjectIndex): string[] => {
  const name = valueAt(podSpecOf({ namespace, ...rest }), ['serviceAccountName']) ?? 'default';
  const account = world.named('ServiceAccount', namespace, name);
  return account === undefined ? [] : [account.identity];
};

/** A pod may mount a token by a volume of its own. */
function mounts(workload: DesiredObject, world: ObjectIndex): boolean {
  const spec = podSpecOf(workload);
  const sources = listAt(spec, ['volumes']).flatMap((volume) => listAt(volume, ['projected', 'sources']));
  const own = sources.some((source) => valueAt(source, ['serviceAccountToken']) !== undefined);
  return own || hasToken(workload.namespace, spec, world);
}
