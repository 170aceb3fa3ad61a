import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, versionOf, wave, workloadLabels } from './labels.ts';

/** What a pod of ECK is given beside what its operator puts there. */
interface EckPod extends Identity {
  /** The image, pinned; its tag is the version that the operator goes by. */
  readonly image: string;
  readonly priorityClassName: string;
  /** The Secret with the certificate that it serves: `tls.crt` and `tls.key`. @default clear text */
  readonly tlsSecret?: string | undefined;
  /** Memory of a pod, for example '2Gi'; CPU is requested and not limited. */
  readonly memory: string;
  /** CPU that is reserved, for example '200m'. */
  readonly cpu: string;
}

/** Elasticsearch as an object of ECK: its size, its disk, its users. */
export interface ElasticsearchProps extends EckPod {
  /** The cluster's name: its Service is `<cluster>-es-http`. */
  readonly cluster: string;
  /** Nodes: 1, or 3 so that one may be lost. */
  readonly nodes: number;
  /** The volume of each node. */
  readonly volume: { readonly size: string; readonly storageClassName?: string | undefined };
  /** Region of the bucket of snapshots, and the Secret of its key pair. @default no snapshots */
  readonly snapshots?: { readonly region: string; readonly secret: string } | undefined;
}

/** Kibana as an object of ECK, beside an Elasticsearch. */
export interface KibanaProps extends EckPod {
  /** The cluster that it is the page of. */
  readonly cluster: string;
  readonly replicas: number;
}

/**
 * What one Kibana needs. From 9.4 on it runs out of heap at its start with 1 GiB; 2 GiB is the operator's own default.
 * @see https://github.com/elastic/cloud-on-k8s/issues/9239
 */
export const KIBANA_RESOURCES = { cpu: '100m', memory: '2Gi' } as const;

/** The user that the images run as. */
const USER = 1000;

/**
 * Elasticsearch as an object of ECK: TLS by a certificate of our own, users on (they are never off with ECK), no
 * anonymous access (there is none unless a role is named for it), volumes that stay when the object goes.
 * @throws {ChartError} with every fault of the props
 * @see https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/configure-deployments
 */
export class Elasticsearch extends Construct {
  constructor(scope: Construct, id: string, props: ElasticsearchProps) {
    super(scope, id);
    const { cluster, nodes, snapshots } = props;
    new Checks(`Elasticsearch '${cluster}'`)
      .dnsLabel('cluster', cluster)
      .dnsLabel('namespace', props.namespace)
      .pinnedImage('image', props.image)
      .that([1, 3].includes(nodes), `'nodes' (${nodes}) must be 1 or 3: two cannot outvote a lost one`)
      .done();
    new ApiObject(this, 'cluster', {
      ...{ apiVersion: 'elasticsearch.k8s.elastic.co/v1', kind: 'Elasticsearch' },
      metadata: { ...metadataOf(props, cluster), annotations: wave('system') },
      spec: {
        ...{ version: versionOf(props.image), image: props.image, http: httpOf(props) },
        volumeClaimDeletePolicy: 'DeleteOnScaledownOnly',
        ...(snapshots !== undefined && { secureSettings: [{ secretName: snapshots.secret }] }),
        nodeSets: [nodeSet(props)],
      },
    });
  }
}

function nodeSet(props: ElasticsearchProps): object {
  const { nodes, volume, snapshots } = props;
  return {
    name: 'all',
    count: nodes,
    config: {
      // The kernel's limit of maps is the node's, and no pod may raise it.
      'node.store.allow_mmap': false,
      ...(snapshots !== undefined && { 's3.client.default.region': snapshots.region }),
    },
    podTemplate: podTemplate(props, 'elasticsearch'),
    volumeClaimTemplates: [
      {
        metadata: { name: 'elasticsearch-data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: volume.size } },
          ...(volume.storageClassName !== undefined && { storageClassName: volume.storageClassName }),
        },
      },
    ],
  };
}

/**
 * Kibana as an object of ECK, which gives it an account of the cluster.
 * @throws {ChartError} with every fault of the props
 * @see https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/kibana-configuration
 */
export class Kibana extends Construct {
  constructor(scope: Construct, id: string, props: KibanaProps) {
    super(scope, id);
    const { cluster, image, replicas } = props;
    new Checks(`Kibana '${cluster}'`)
      .dnsLabel('cluster', cluster)
      .pinnedImage('image', image)
      .wholeNumber('replicas', replicas, 1)
      .done();
    new ApiObject(this, 'kibana', {
      ...{ apiVersion: 'kibana.k8s.elastic.co/v1', kind: 'Kibana' },
      metadata: { ...metadataOf(props, cluster), annotations: wave('system') },
      spec: {
        ...{ version: versionOf(image), image, count: replicas, http: httpOf(props) },
        elasticsearchRef: { name: cluster },
        config: { 'telemetry.optIn': false, 'telemetry.allowChangingOptInStatus': false },
        podTemplate: podTemplate(props, 'kibana'),
      },
    });
  }
}

const httpOf = ({ tlsSecret }: EckPod): object => ({
  tls:
    tlsSecret === undefined
      ? { selfSignedCertificate: { disabled: true } }
      : { certificate: { secretName: tlsSecret } },
});

/** Pod Security `restricted`. The operator adds what it needs to the container of the same name. */
const podTemplate = (props: EckPod, container: string): object => ({
  metadata: { labels: { ...workloadLabels(props, props.image) } },
  spec: {
    ...{ automountServiceAccountToken: false, enableServiceLinks: false },
    priorityClassName: props.priorityClassName,
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: USER, fsGroup: USER },
      ...{ fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } },
    },
    containers: [
      {
        name: container,
        resources: {
          requests: { cpu: props.cpu, memory: props.memory },
          limits: { memory: props.memory },
        },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});
