import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  type EnvValue,
  type FileMount,
  pod,
  type Resources,
  ServiceAccount,
  serviceContainer,
  serviceProbes,
} from './pod.ts';
import { HttpService } from './worker.ts';

export interface QueueExporterProps extends Identity {
  /** The image that runs, pinned. */
  readonly image: string;
  /** Its variables: how it reaches Redis. */
  readonly environment: Readonly<Record<string, EnvValue>>;
  /** The file of its password. */
  readonly mounts: readonly FileMount[];
  readonly priorityClassName: string;
  /** What the pod asks for and may use. @default 20m CPU, 128Mi */
  readonly resources?: Resources;
}

/**
 * Counts the queues of one Redis: one pod, as two would count the same twice.
 * @throws {ChartError} with every fault of the props
 */
export class QueueExporter extends Construct {
  constructor(scope: Construct, id: string, props: QueueExporterProps) {
    super(scope, id);
    new Checks(`QueueExporter '${props.name}'`)
      .dnsLabel('name', props.name)
      .dnsLabel('namespace', props.namespace)
      .pinnedImage('image', props.image)
      .done();
    new ServiceAccount(this, 'identity', props);
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadataOf(props), labels: workloadLabels(props, props.image) },
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorOf(props) },
        template: template(props),
      },
    });
    new HttpService(this, 'http', props);
  }
}

function template(props: QueueExporterProps): k8s.PodTemplateSpec {
  const { metadata, spec } = pod({ ...props, labels: workloadLabels(props, props.image) });
  const container = serviceContainer({
    ...props,
    resources: props.resources ?? { cpu: '20m', memory: '128Mi' },
  });
  return {
    metadata,
    spec: { ...spec, terminationGracePeriodSeconds: 30, containers: [{ ...container, ...serviceProbes }] },
  };
}
