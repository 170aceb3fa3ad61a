import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  type EnvValue,
  type FileMount,
  type ProbePaths,
  pod,
  type Resources,
  ServiceAccount,
  serviceContainer,
} from './pod.ts';
import { probesOf } from './probes.ts';
import { HttpService } from './worker.ts';

/** A service of one pod: its image, its variables and its files. It answers on port 8080. */
export interface SingleServiceProps extends Identity, ProbePaths {
  /** The image that runs, pinned. */
  readonly image: string;
  /** In place of the image's arguments. @default the image's own */
  readonly args?: readonly string[];
  /** Its variables. */
  readonly environment: Readonly<Record<string, EnvValue>>;
  /** Files that it reads. @default none */
  readonly mounts?: readonly FileMount[];
  readonly priorityClassName: string;
  /** What the pod asks for and may use. @default 20m CPU, 128Mi */
  readonly resources?: Resources;
  /** How long it may take to end, seconds. @default 30 */
  readonly stopSeconds?: number;
}

/**
 * A service of one pod: the old one is gone before a new one starts, as two would disturb each other.
 * @throws {ChartError} with every fault of the props
 */
export class SingleService extends Construct {
  constructor(scope: Construct, id: string, props: SingleServiceProps) {
    super(scope, id);
    new Checks(`SingleService '${props.name}'`)
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

function template(props: SingleServiceProps): k8s.PodTemplateSpec {
  const { metadata, spec } = pod({ ...props, labels: workloadLabels(props, props.image) });
  const container = serviceContainer({
    ...props,
    resources: props.resources ?? { cpu: '20m', memory: '128Mi' },
  });
  return {
    metadata,
    spec: {
      ...spec,
      terminationGracePeriodSeconds: props.stopSeconds ?? 30,
      containers: [{ ...container, ...probesOf(props) }],
    },
  };
}
