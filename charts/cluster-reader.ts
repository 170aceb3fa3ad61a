import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, labelsOf } from './labels.ts';

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
