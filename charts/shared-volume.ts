import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf } from './labels.ts';

/**
 * A class that binds with the first pod leaves a claim of scheduled jobs pending until one runs: delivery does not wait.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
const UNWATCHED = { 'argocd.argoproj.io/ignore-healthcheck': 'true' };

/** A volume that pods of several nodes share. */
export interface SharedVolumeProps extends Identity {
  /** For example '1Gi'. */
  readonly size: string;
  /** A class whose volumes several pods mount, on any node. @default the cluster's own class */
  readonly storageClassName?: string;
  /** @default 'ReadWriteMany' */
  readonly accessMode?: 'ReadWriteMany' | 'ReadWriteOnce';
}

/**
 * A volume that pods of a namespace share. Pods on one node share one of `ReadWriteOnce` too.
 * @throws {ChartError} with every fault of the props
 */
export class SharedVolume extends Construct {
  constructor(scope: Construct, id: string, props: SharedVolumeProps) {
    super(scope, id);
    const { name, size, storageClassName, accessMode = 'ReadWriteMany' } = props;
    new Checks(`SharedVolume '${name}'`)
      .dnsLabel('name', name)
      .that(/^[1-9]\d*[GT]i$/.test(size), `'size' (${size}) must be such as 1Gi`)
      .done();
    new k8s.KubePersistentVolumeClaim(this, 'claim', {
      metadata: { ...metadataOf(props), annotations: UNWATCHED },
      spec: {
        accessModes: [accessMode],
        resources: { requests: { storage: k8s.Quantity.fromString(size) } },
        ...(storageClassName !== undefined && { storageClassName }),
      },
    });
  }
}
