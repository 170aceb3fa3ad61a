import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from './checks.ts';
import { type Identity, metadataOf } from './labels.ts';

export interface ScaleGrantProps extends Identity {
  /** The Deployment that may be scaled. @default the identity's name */
  readonly deployment?: string;
  /** Who may scale it. */
  readonly to: { readonly serviceAccount: string; readonly namespace: string };
}

/**
 * A workload's own permission to be scaled: it stands with the workload, so that taking the workload away
 * takes the permission with it. Events cannot be limited by name (they are created), only by namespace.
 * @throws {ChartError} with every fault of the props
 */
export class ScaleGrant extends Construct {
  constructor(scope: Construct, id: string, props: ScaleGrantProps) {
    super(scope, id);
    check(props);
    const { deployment = props.name, to } = props;
    const name = `scale-${deployment}`;
    new k8s.KubeRole(this, 'role', {
      metadata: metadataOf(props, name),
      rules: [
        {
          apiGroups: ['apps'],
          resources: ['deployments/scale'],
          resourceNames: [deployment],
          verbs: ['get', 'update'],
        },
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

function check({ name, deployment = name, to }: ScaleGrantProps): void {
  new Checks(`ScaleGrant '${name}'`)
    .dnsLabel('deployment', deployment)
    .dnsLabel('to.serviceAccount', to.serviceAccount)
    .dnsLabel('to.namespace', to.namespace)
    .done();
}
