import type { DeploymentTarget, HpaTarget } from '@sluice/policy';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, labelsOf, metadataOf } from './labels.ts';

/** Kinds that a pod may list in all namespaces; none that holds secrets. */
export interface ClusterReaderProps extends Identity {
  /** API group, '' for the core -> the kinds of it that may be listed, by their plurals. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** Kinds that hold secrets, or may: the state of a cluster is read without them. */
const SECRET_KINDS = ['secrets', 'configmaps', '*'];

/**
 * Lets a ServiceAccount list kinds in all namespaces, and do nothing else: no single object, no watch, no Secret.
 * @throws {ChartError} for kinds that hold secrets
 */
export class ClusterReader extends Construct {
  constructor(scope: Construct, id: string, props: ClusterReaderProps) {
    super(scope, id);
    const { name, namespace, lists } = props;
    new Checks(`ClusterReader '${name}'`)
      .that(
        !Object.values(lists).some((kinds) => kinds.some((kind) => SECRET_KINDS.includes(kind))),
        `'lists' must not have ${SECRET_KINDS.join(', ')}`,
      )
      .done();
    // A cluster-wide name: with the namespace, two of them do not meet.
    const full = `${namespace}-${name}`;
    const metadata = { name: full, labels: labelsOf(props) };
    new k8s.KubeClusterRole(this, 'role', {
      metadata,
      rules: Object.entries(lists).map(([group, resources]) => ({
        apiGroups: [group],
        resources: [...resources],
        verbs: ['list'],
      })),
    });
    new k8s.KubeClusterRoleBinding(this, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: full },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
}

/** The Deployments that a ServiceAccount may scale in a namespace. */
export interface ScalePermissionProps extends Identity {
  /** What of the identity's name may be written: its Deployment's scale, or its HPA's minimum. @default 'deployment' */
  readonly target?: Kind;
  /** Who may write it. */
  readonly to: { readonly serviceAccount: string; readonly namespace: string };
}

type Kind = (DeploymentTarget | HpaTarget)['kind'];

/** What the scaler asks for of each kind of target. An HPA has no part of its own for the minimum. */
const GRANTED: Readonly<Record<Kind, { readonly prefix: string; readonly rule: k8s.PolicyRule }>> = {
  deployment: {
    prefix: 'scale',
    rule: { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get', 'update'] },
  },
  hpa: {
    prefix: 'minimum',
    rule: { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['get', 'patch'] },
  },
};

/**
 * A workload's own permission to be scaled: it stands with the workload, so that taking the workload away
 * takes the permission with it. What a Role cannot limit (the fields of an HPA, the names of Events), ScalerBounds does.
 * @throws {ChartError} with every fault of the props
 */
export class ScalePermission extends Construct {
  constructor(scope: Construct, id: string, props: ScalePermissionProps) {
    super(scope, id);
    check(props);
    const { target = 'deployment', to } = props;
    const { prefix, rule } = GRANTED[target];
    const name = `${prefix}-${props.name}`;
    new k8s.KubeRole(this, 'role', {
      metadata: metadataOf(props, name),
      rules: [
        { ...rule, resourceNames: [props.name] },
        { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata: metadataOf(props, name),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: to.serviceAccount, namespace: to.namespace }],
    });
  }
}

function check({ name, to }: ScalePermissionProps): void {
  new Checks(`ScalePermission '${name}'`)
    .dnsLabel('name', name)
    .dnsLabel('to.serviceAccount', to.serviceAccount)
    .dnsLabel('to.namespace', to.namespace)
    .done();
}
