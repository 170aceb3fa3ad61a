import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { clusterLabels } from '../charts/labels.ts';
import { Checks } from '../packages/contracts/checks.ts';
import {
  type AppProject,
  ARGOCD_API,
  ARGOCD_NAMESPACE,
  DELIVERY_WAVES,
  IN_CLUSTER,
  syncWave,
} from './settings.ts';

/** A kind of object, as `<group>/<Kind>`; the core group is empty: '/Service', 'apps/Deployment'. */
export type KindName = `${string}/${string}`;

/** An AppProject: the sources, destinations and kinds that its Applications may have. */
export interface ProjectProps {
  readonly name: string;
  /** What its Applications are. */
  readonly description: string;
  /** Where manifests may come from, each in full. */
  readonly sourceRepos: readonly string[];
  /** Where they may go. */
  readonly namespaces: readonly string[];
  /** Cluster-wide kinds its Applications may bring. */
  readonly clusterKinds: readonly KindName[];
  /** Kinds in namespaces they may bring. */
  readonly namespacedKinds: readonly KindName[];
  /** The only Namespaces they may make. @default none */
  readonly ownNamespaces?: readonly string[];
}

/**
 * The bounds of some Applications: everything is forbidden that is not named.
 * @throws {ChartError} with every fault of the props
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
 */
export class Project extends Construct {
  constructor(scope: Construct, id: string, props: ProjectProps) {
    super(scope, id);
    check(props);
    const { name, description, sourceRepos, namespaces, clusterKinds, namespacedKinds } = props;
    writeProject(this, name, {
      description,
      sourceRepos: [...sourceRepos],
      destinations: namespaces.map((namespace) => ({ server: IN_CLUSTER, namespace })),
      clusterResourceWhitelist: [
        ...(props.ownNamespaces ?? []).map((own) => ({ group: '', kind: 'Namespace', name: own })),
        ...clusterKinds.map(kindOf),
      ],
      namespaceResourceWhitelist: namespacedKinds.map(kindOf),
    });
  }
}

/** The project of an Application that names none: it permits nothing. */
export class EmptyDefaultProject extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const everything = [{ group: '*', kind: '*' }];
    writeProject(this, 'default', {
      description: 'Permits nothing: every Application belongs to a project of its own.',
      sourceRepos: [],
      destinations: [],
      clusterResourceWhitelist: [],
      clusterResourceBlacklist: everything,
      namespaceResourceBlacklist: everything,
    });
  }
}

const writeProject = (scope: Construct, name: string, spec: AppProject['spec']): ApiObject =>
  new ApiObject(scope, 'project', {
    apiVersion: ARGOCD_API,
    kind: 'AppProject',
    metadata: {
      name,
      namespace: ARGOCD_NAMESPACE,
      labels: { ...clusterLabels },
      annotations: { ...syncWave(DELIVERY_WAVES.project) },
    },
    spec,
  });

function kindOf(name: KindName): { group: string; kind: string } {
  const [group = '', kind = ''] = name.split('/');
  return { group, kind };
}

function check(props: ProjectProps): void {
  const { name, sourceRepos, namespaces, clusterKinds, namespacedKinds, ownNamespaces = [] } = props;
  const checks = new Checks(`Project '${name}'`)
    .dnsLabel('name', name)
    .that(name !== 'default', `'name' (${name}) must be another: 'default' stays empty`);
  const lists = { sourceRepos, namespaces, namespacedKinds };
  for (const [property, list] of Object.entries(lists))
    checks.that(list.length > 0, `'${property}' must not be empty`);
  for (const [property, list] of Object.entries({ ...lists, clusterKinds, ownNamespaces }))
    for (const each of list)
      checks.that(!/[*?[]/.test(each), `'${property}' (${each}) must have no wildcard`);
  for (const kind of [...clusterKinds, ...namespacedKinds])
    checks.that(/^[a-z0-9.-]*\/[A-Z]\w+$/.test(kind), `'${kind}' must be <group>/<Kind>`);
  checks.done();
}
