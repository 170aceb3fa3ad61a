import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  configChecksum,
  credentialsMount,
  type FileMount,
  pod,
  type Resources,
  ServiceAccount,
  serviceContainer,
} from './pod.ts';
import { serviceProbes } from './probes.ts';
import { HttpService } from './worker.ts';

/**
 * What a JSON document says of one metric. Expressions are JMESPath.
 * @see services/exporter/README.md
 */
export type MappedMetric = {
  /** One sentence. */
  readonly help: string;
  /** Yields a list; each item gives a series. @default the document is the only item */
  readonly items?: string;
  /** Yields the value within an item. */
  readonly path: string;
  /** Fixed labels. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels by expressions within an item. @default none */
  readonly labelsFrom?: Readonly<Record<string, string>>;
} & (
  | { readonly type: 'counter'; readonly name: `${string}_total` }
  | { readonly type: 'gauge'; readonly name: string }
);

/** Which values of a JSON document are which metrics. */
export interface Mapping {
  /** The label that carries the target's name. @default 'target' */
  readonly targetLabel?: string;
  readonly metrics: readonly MappedMetric[];
}

/** A service whose JSON document is read. */
export interface ExporterTarget {
  /** The value of the mapping's target label. */
  readonly name: string;
  /** The URL of the document: http or https, without credentials. */
  readonly url: string;
  /** The mapping that reads it. */
  readonly module: string;
  /** How long a fetch may take. @default 5 */
  readonly timeoutSeconds?: number;
  /** The password is a file of `credentials`. @default none */
  readonly basicAuth?: { readonly username: string; readonly passwordFile: string };
  /** PEM file of the authorities that verify an https url. @default the public authorities */
  readonly caFile?: string | undefined;
}

/** The exporter: its targets, its mapping, and the credentials that it uses. */
export interface ExporterProps extends Identity {
  /** The image that runs, pinned. */
  readonly image: string;
  /** Module -> its mapping, or the text of a mapping file. */
  readonly mappings: Readonly<Record<string, Mapping | string>>;
  /** What is fetched every 15 s. */
  readonly targets: readonly ExporterTarget[];
  /** Origins that /probe may ask, such as https://*.example.org. @default none */
  readonly allow?: readonly string[];
  /** Subnets that may be reached although they are loopback, link-local or metadata. @default none */
  readonly allowAddresses?: readonly string[];
  /** The Secret whose keys are files in /etc/sluice/credentials. @default none */
  readonly credentials?: string;
  /** Files beside them. @default none */
  readonly mounts?: readonly FileMount[];
  readonly priorityClassName: string;
  /** What the pod asks for and may use: 1,000 targets of 100 series take 86m and 120 MB. @default 20m CPU, 128Mi */
  readonly resources?: Resources;
}

const DIRECTORY = '/etc/sluice/exporter';
/** JSON is YAML. The end of the name says that it is no module: those are the NAME.yaml beside it. */
const TARGETS_FILE = 'targets.json';

/**
 * Fetches JSON documents and exposes what they say as metrics. It is one pod, and at a change the old one
 * goes first: two would expose every series twice, and a sum over them would be doubled.
 *
 * @throws {ChartError} with every fault of the props; those of mappings and targets are the service's to find
 */
export class Exporter extends Construct {
  constructor(scope: Construct, id: string, props: ExporterProps) {
    super(scope, id);
    check(props);
    const data = filesOf(props);
    new ServiceAccount(this, 'identity', props);
    new k8s.KubeConfigMap(this, 'config', { metadata: metadataOf(props), data });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadataOf(props), labels: workloadLabels(props, props.image) },
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorOf(props) },
        template: template(props, data),
      },
    });
    new HttpService(this, 'http', props);
  }
}

/** File name -> text. */
function filesOf({ mappings, targets, allow, allowAddresses }: ExporterProps): Record<string, string> {
  const modules = Object.entries(mappings).map(([module, mapping]) => [
    `${module}.yaml`,
    typeof mapping === 'string' ? mapping : json(mapping),
  ]);
  return { ...Object.fromEntries(modules), [TARGETS_FILE]: json({ targets, allow, allowAddresses }) };
}

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

function template(props: ExporterProps, files: Readonly<Record<string, string>>): k8s.PodTemplateSpec {
  const mounts: FileMount[] = [
    ...(props.credentials === undefined ? [] : [credentialsMount(props.credentials)]),
    ...(props.mounts ?? []),
    { name: 'config', path: DIRECTORY, from: { configMap: props.name } },
  ];
  const { metadata, spec } = pod({
    ...{ ...props, labels: workloadLabels(props, props.image), mounts },
    annotations: configChecksum(JSON.stringify(files)),
  });
  const container = serviceContainer({
    ...props,
    environment: { MAPPINGS_DIRECTORY: DIRECTORY, TARGETS_FILE: `${DIRECTORY}/${TARGETS_FILE}` },
    resources: props.resources ?? { cpu: '20m', memory: '128Mi' },
    mounts,
  });
  return {
    metadata,
    spec: { ...spec, terminationGracePeriodSeconds: 30, containers: [{ ...container, ...serviceProbes }] },
  };
}

function check({ name, namespace, image, mappings, targets, credentials }: ExporterProps): void {
  const checks = new Checks(`Exporter '${name}'`)
    .dnsLabel('name', name)
    .dnsLabel('namespace', namespace)
    .pinnedImage('image', image);
  const modules = Object.keys(mappings);
  for (const module of modules)
    checks.that(/^[-\w]+$/.test(module), `'mappings' (${module}) must be named by letters, digits, - and _`);
  for (const { name: target, module, basicAuth } of targets)
    checks
      .that(
        modules.includes(module),
        `'module' (${module}) of '${target}' must be one of ${modules.join(', ')}`,
      )
      .that(
        credentials !== undefined || basicAuth === undefined,
        `'basicAuth' of '${target}' must have 'credentials'`,
      );
  checks.done();
}
