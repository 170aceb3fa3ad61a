import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Identity, metadataOf } from './labels.ts';

/**
 * The identity of a workload's pods. It mounts no token by itself: the one pod that needs one says so, and
 * then the Role says what the token may do.
 */
export class ServiceAccount extends Construct {
  /** @param identity Whose it is; annotations such as a role of the cloud */
  constructor(
    scope: Construct,
    id: string,
    identity: Identity & { readonly annotations?: Readonly<Record<string, string>> | undefined },
  ) {
    super(scope, id);
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: {
        ...metadataOf(identity),
        ...(identity.annotations && { annotations: { ...identity.annotations } }),
      },
      automountServiceAccountToken: false,
    });
  }
}
