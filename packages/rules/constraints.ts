import { jsonText } from '../manifests/embedded.ts';
import { isFields } from '../manifests/objects.ts';
import { amountOf, ONE } from '../manifests/quantities.ts';
import { isQuantity } from '../manifests/schema.ts';
import { blockFault, exceptFault } from './addresses.ts';

type Siblings = Readonly<Record<string, unknown>>;

/** What a field must be. */
interface Constraint {
  /** The same for the same constraint in every revision. */
  readonly name: string;
  /** After the field's path, `(value) must be ...`; undefined where it holds. @param siblings The object that has the field. */
  readonly fault: (value: unknown, siblings: Siblings) => string | undefined;
}

type Placed = readonly [place: RegExp, constraint: Constraint];

const said = (value: unknown): string => (typeof value === 'string' ? value : jsonText(value));

const oneOf = (...allowed: readonly string[]): Constraint => ({
  name: 'one of',
  fault: (value) =>
    allowed.includes(String(value)) ? undefined : `(${said(value)}) must be one of: ${allowed.join(', ')}`,
});

const form = (pattern: RegExp, must: string): Constraint => ({
  name: 'form',
  fault: (value) =>
    typeof value !== 'string' || pattern.test(value) ? undefined : `(${value}) must ${must}`,
});

/** YAML 1.1 makes values of `no`, `0644` and `12`, where the API has texts alone. The value itself is never said. */
const text: Constraint = {
  name: 'text',
  fault: (value) =>
    ['boolean', 'number', 'bigint'].includes(typeof value)
      ? `is a ${typeof value} to the API server, which takes texts alone: quote it`
      : undefined,
};

/** A Service's selector is a map of texts itself. */
const selectorTexts: Constraint = {
  name: 'selector',
  fault: (value) => {
    const selector = isFields(value) && isFields(value.selector) ? value.selector : {};
    const bad = Object.keys(selector).find((key) => text.fault(selector[key], selector) !== undefined);
    return bad === undefined
      ? undefined
      : `has the selector ${bad} that is no text to the API server: quote it`;
  },
};

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const labelValue = form(
  /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/,
  "have at most 63 characters, which are letters, digits, '-', '_' or '.'",
);

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const label = form(
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "have at most 63 lower case letters, digits or '-', and begin and end with a letter or a digit",
);

/** A service name of RFC 6335, which ports of containers are named by. */
const portName = form(
  /^(?=[a-z0-9-]{1,15}$)(?=.*[a-z])(?!-)(?!.*--)(?!.*-$)/,
  "have at most 15 lower case letters, digits or single '-', a letter among them",
);

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const qualifiedKeys: Constraint = {
  name: 'keys',
  fault: (value) => {
    const pattern = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
    const bad = isFields(value) ? Object.keys(value).find((key) => !pattern.test(key)) : undefined;
    return bad === undefined
      ? undefined
      : `has the key ${bad}, which must be a name of at most 63 letters, digits, '-', '_' or '.', with a DNS prefix or none`;
  },
};

const dataKeys: Constraint = {
  name: 'keys',
  fault: (value) => {
    const bad = isFields(value)
      ? Object.keys(value).find((key) => !/^(?!\.\.?$)(?!\.\.)[-\w.]{1,253}$/.test(key))
      : undefined;
    return bad === undefined
      ? undefined
      : `has the key ${bad}, which must have letters, digits, '-', '_' or '.' alone`;
  },
};

/** @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const quantity: Constraint = {
  name: 'quantity',
  fault: (value) =>
    amountOf(value) === undefined ? `(${said(value)}) must be a quantity such as 500m or 128Mi` : undefined,
};

/** @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory */
const bytes: Constraint = {
  name: 'bytes',
  fault: (value) => {
    const amount = amountOf(value);
    return amount === undefined || amount % ONE === 0n
      ? undefined
      : `(${said(value)}) is no whole number of bytes: 'm' is a thousandth, a mebibyte is 'Mi'`;
  },
};

const within = (least: number, most: number): Constraint => ({
  name: 'range',
  fault: (value) =>
    typeof value !== 'number' || (Number.isInteger(value) && value >= least && value <= most)
      ? undefined
      : `(${value}) must be within ${least}-${most}`,
});

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#probe-check-methods */
const oneHandler: Constraint = {
  name: 'handlers',
  fault: (value) => {
    const how = HANDLERS.filter((name) => isFields(value) && value[name] !== undefined);
    return how.length === 1
      ? undefined
      : `must have exactly one of ${HANDLERS.join(', ')}, not ${how.join(' and ') || 'none'}`;
  },
};

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
const toleration: Constraint = {
  name: 'toleration',
  fault: (value) => {
    if (!isFields(value)) return undefined;
    const { operator = 'Equal', key = '', value: wanted = '', tolerationSeconds, effect } = value;
    if (operator === 'Exists' && wanted !== '')
      return `must have no value (${said(wanted)}) where its operator is Exists`;
    if (key === '' && operator !== 'Exists') return 'must have the operator Exists where it has no key';
    return tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? `must have the effect NoExecute to have tolerationSeconds (${said(tolerationSeconds)})`
      : undefined;
  },
};

/** Elements of a list that must differ in a field. */
const unique = (...fields: readonly string[]): Constraint => ({
  name: `unique ${fields.join(' ')}`,
  fault: (value) => {
    const keys = (Array.isArray(value) ? value : [])
      .filter(isFields)
      .map((one) => fields.map((field) => said(one[field] ?? (field === 'protocol' ? 'TCP' : ''))).join('/'));
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    return twice === undefined ? undefined : `has two elements with ${fields.join(' and ')} ${twice}`;
  },
});

const required = (field: string): Constraint => ({
  name: `required ${field}`,
  fault: (value) => (isFields(value) && (value[field] ?? '') === '' ? `must say its ${field}` : undefined),
});

const block: Constraint = { name: 'cidr', fault: (value) => blockFault(value) };
const exceptions: Constraint = { name: 'except', fault: (value, { cidr }) => exceptFault(value, cidr) };

/** Places as `placeBelow` says them. @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go */
const placed: readonly Placed[] = [
  // Texts
  [/^<metadata>\.(labels|annotations)\.[^*]/, text],
  [/^<selector>\.matchLabels\./, text],
  [/^Service\.spec$/, selectorTexts],
  [/^<pod>\.nodeSelector\../, text],
  [/^<container>\.((args|command)\.\*|env\.\*\.(name|value)|image|name)$/, text],
  [/^(ConfigMap\.data|Secret\.(data|stringData))\../, text],
  // Names
  [/^<metadata>\.labels\.|^<selector>\.matchLabels\./, labelValue],
  [/^<metadata>\.(labels|annotations)$|^<selector>\.matchLabels$|^<pod>\.nodeSelector$/, qualifiedKeys],
  [/^(ConfigMap\.(data|binaryData)|Secret\.(data|stringData))$/, dataKeys],
  [/^<container>\.name$|^<pod>\.volumes\.\*\.name$|^Service\.spec\.ports\.\*\.name$/, label],
  [/^<container>\.ports\.\*\.name$/, portName],
  [/^<container>\.image$/, form(/^\S+$/, 'name an image, without white space')],
  [/^<container>\.env\.\*\.name$/, form(/^[ -<>-~]+$/, "have printable ASCII characters other than '='")],
  [
    /^<container>\.volumeMounts\.\*\.subPath$/,
    form(/^(?!\/)(?!(.*\/)?\.\.(\/|$))/, "be a relative path without '..'"),
  ],
  [/^<container>\.volumeMounts$/, unique('mountPath')],
  // Numbers
  [/^<(pod|container|claim)>\.resources\.(limits|requests)\.(memory|(ephemeral-)?storage)$/, bytes],
  [/^<container>\.ports\.\*\.containerPort$|^Service\.spec\.ports\.\*\.port$/, within(1, 65_535)],
  [/^<container>\.(liveness|startup)Probe\.successThreshold$/, within(1, 1)],
  [/^HorizontalPodAutoscaler\.spec\.maxReplicas$/, within(1, 2 ** 31 - 1)],
  // Shapes
  [/^<container>\.(liveness|readiness|startup)Probe$/, oneHandler],
  [/^<pod>\.tolerations\.\*$/, toleration],
  [/^Service\.spec\.ports$/, unique('port', 'protocol')],
  [/^Ingress\.spec\.rules\.\*\.http\.paths\.\*$/, required('pathType')],
  [/^NetworkPolicy\.spec\.(ingress|egress)\.\*\.(from|to)\.\*\.ipBlock\.cidr$/, block],
  [/^NetworkPolicy\.spec\.(ingress|egress)\.\*\.(from|to)\.\*\.ipBlock\.except\.\*$/, block],
  [/^NetworkPolicy\.spec\.(ingress|egress)\.\*\.(from|to)\.\*\.ipBlock\.except$/, exceptions],
  // Words
  [/^<pod>\.restartPolicy$/, oneOf('Always', 'OnFailure', 'Never')],
  [/^<pod>\.dnsPolicy$/, oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None')],
  [/^<pod>\.tolerations\.\*\.effect$/, oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute', '')],
  [/^<pod>\.topologySpreadConstraints\.\*\.whenUnsatisfiable$/, oneOf('DoNotSchedule', 'ScheduleAnyway')],
  [/^<selector>\.matchExpressions\.\*\.operator$/, oneOf('In', 'NotIn', 'Exists', 'DoesNotExist')],
  [/^<container>\.imagePullPolicy$/, oneOf('Always', 'IfNotPresent', 'Never')],
  [/^<container>\.terminationMessagePolicy$/, oneOf('File', 'FallbackToLogsOnError')],
  [/^<container>\.volumeMounts\.\*\.mountPropagation$/, oneOf('None', 'HostToContainer', 'Bidirectional')],
  [/^(<container>|Service\.spec)\.ports\.\*\.protocol$/, oneOf('TCP', 'UDP', 'SCTP')],
  [/^NetworkPolicy\.spec\.(in|e)gress\.\*\.ports\.\*\.protocol$/, oneOf('TCP', 'UDP', 'SCTP')],
  [/^NetworkPolicy\.spec\.policyTypes\.\*$/, oneOf('Ingress', 'Egress')],
  [/^Service\.spec\.type$/, oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName')],
  [/^Service\.spec\.sessionAffinity$/, oneOf('None', 'ClientIP')],
  [/^Service\.spec\.(ex|in)ternalTrafficPolicy$/, oneOf('Cluster', 'Local')],
  [
    /^Ingress\.spec\.rules\.\*\.http\.paths\.\*\.pathType$/,
    oneOf('Exact', 'Prefix', 'ImplementationSpecific'),
  ],
  [
    /^(<claim>|PersistentVolume\.spec)\.accessModes\.\*$/,
    oneOf('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'),
  ],
  [/^(<claim>|PersistentVolume\.spec)\.volumeMode$/, oneOf('Filesystem', 'Block')],
  [/^PersistentVolume\.spec\.persistentVolumeReclaimPolicy$/, oneOf('Retain', 'Delete', 'Recycle')],
  [/^StorageClass\.reclaimPolicy$/, oneOf('Retain', 'Delete')],
  [/^StorageClass\.volumeBindingMode$/, oneOf('Immediate', 'WaitForFirstConsumer')],
  [/^Deployment\.spec\.strategy\.type$/, oneOf('RollingUpdate', 'Recreate')],
  [/^(StatefulSet|DaemonSet)\.spec\.updateStrategy\.type$/, oneOf('RollingUpdate', 'OnDelete')],
  [/^StatefulSet\.spec\.podManagementPolicy$/, oneOf('OrderedReady', 'Parallel')],
  [/^CronJob\.spec\.concurrencyPolicy$/, oneOf('Allow', 'Forbid', 'Replace')],
  [/^(Validating|Mutating)WebhookConfiguration\.webhooks\.\*\.failurePolicy$/, oneOf('Fail', 'Ignore')],
  [
    /^HorizontalPodAutoscaler\.spec\.metrics\.\*\.type$/,
    oneOf('Resource', 'ContainerResource', 'Pods', 'Object', 'External'),
  ],
  [
    /^HorizontalPodAutoscaler\.spec\.metrics\.\*\.\w+\.target\.type$/,
    oneOf('Utilization', 'Value', 'AverageValue'),
  ],
];

const known = new Map<string, readonly Constraint[]>();

/** What the field at a place must be. */
export function constraintsAt(place: string): readonly Constraint[] {
  const found = known.get(place);
  if (found !== undefined) return found;
  const all = placed.filter(([at]) => at.test(place)).map(([, constraint]) => constraint);
  const constraints = isQuantity(place) ? [...all, quantity] : all;
  known.set(place, constraints);
  return constraints;
}
