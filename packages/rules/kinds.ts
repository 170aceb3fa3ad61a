import { promqlFaults } from '../contracts/promql.ts';
import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type DesiredObject, entryOf, isFields, titleOf, valueAt } from '../manifests/objects.ts';
import { listAt, podSpecOf } from '../manifests/references.ts';
import { type Rule, unless, type Violation } from './objects.ts';
import { exceeds } from './scaling.ts';

/** What the API server or an operator refuses of an object of one kind, whose fields do not fit each other. */
export const kindRules: Rule = (object, world) => [
  ...name(object),
  ...restart(object),
  ...(entryOf(byKind, object.kind)?.(object, world) ?? []),
];

/** Kinds whose names may have any character but '/' and '%'. */
const FREELY_NAMED = /^((Cluster)?Role(Binding)?|CertificateSigningRequest|IPAddress)$/;

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
function name(object: DesiredObject): readonly Violation[] {
  const form = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  const why = `its name (${object.name}) must have lower case letters, digits, '-' and '.' alone`;
  return unless(FREELY_NAMED.test(object.kind) || form.test(object.name), object, 'name form', why);
}

const RUNNING = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy */
function restart(object: DesiredObject): readonly Violation[] {
  const policy = podSpecOf(object)?.restartPolicy ?? 'Always';
  const isJob = object.kind === 'Job' || object.kind === 'CronJob';
  const isWrong = RUNNING.includes(object.kind) ? policy !== 'Always' : isJob && policy === 'Always';
  const must = isJob ? 'must be OnFailure or Never' : 'must be Always';
  return unless(!isWrong, object, 'restart policy', `the restartPolicy of its pods (${policy}) ${must}`);
}

const at = ({ fields }: DesiredObject, ...path: string[]): unknown => valueAt(fields, path);

/** @see https://kubernetes.io/docs/concepts/services-networking/service/#externalname */
const service: Rule = (object) => {
  const isNamed =
    at(object, 'spec', 'type') !== 'ExternalName' || (at(object, 'spec', 'externalName') ?? '') !== '';
  return unless(
    isNamed,
    object,
    'external name',
    "a Service of type ExternalName must say its 'externalName'",
  );
};

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline */
const cron: Rule = (object) => {
  const seconds = at(object, 'spec', 'startingDeadlineSeconds');
  const why = `'startingDeadlineSeconds' (${seconds}) must be at least 10: the controller looks every 10 s, and runs may never begin`;
  return unless(typeof seconds !== 'number' || seconds >= 10, object, 'starting deadline', why);
};

/** @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
const budget: Rule = (object) => {
  const both = ['minAvailable', 'maxUnavailable'].every((field) => at(object, 'spec', field) !== undefined);
  return unless(!both, object, 'both', "'minAvailable' and 'maxUnavailable' must not both be set");
};

/** @see https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

const secret: Rule = (object) => {
  const { type, data, stringData } = object.fields;
  const keys = [data, stringData].flatMap((one) => Object.keys(isFields(one) ? one : {}));
  return (entryOf(TYPES, String(type)) ?? [])
    .filter((key) => !keys.includes(key))
    .flatMap((key) =>
      unless(false, object, `key/${key}`, `a Secret of type ${type} must have the key ${key}`),
    );
};

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass */
const priority: Rule = (object, world) => {
  const isDefault = (one: DesiredObject): boolean => one.fields.globalDefault === true;
  const others = world.ofKind('PriorityClass').filter((one) => one !== object && isDefault(one));
  return isDefault(object)
    ? others.flatMap((other) =>
        unless(
          false,
          object,
          `default/${other.name}`,
          `${titleOf(other)} has 'globalDefault' as well, which one alone may have`,
        ),
      )
    : [];
};

/** From the least to the most; each must not exceed those after it. */
const ORDER = ['min', 'defaultRequest', 'default', 'max'];

/** @see https://kubernetes.io/docs/concepts/policy/limit-range/ */
const range: Rule = (object) =>
  listAt(object.fields, ['spec', 'limits']).flatMap((limit) =>
    ORDER.flatMap((low, index) =>
      ORDER.slice(index + 1).flatMap((high) => disorder(object, limit, low, high)),
    ),
  );

function disorder(object: DesiredObject, limit: unknown, low: string, high: string): readonly Violation[] {
  const [lows, highs] = [valueAt(limit, [low]), valueAt(limit, [high])];
  if (!isFields(lows) || !isFields(highs)) return [];
  return Object.entries(lows).flatMap(([what, value]) => {
    const why = `'${low}' of ${what} (${value}) must not exceed '${high}' (${highs[what]})`;
    return unless(!exceeds(value, highs[what]), object, `order/${low}/${high}/${what}`, why);
  });
}

/** Prometheus keeps its old rules where it cannot read the new ones. @see https://prometheus.io/docs/prometheus/latest/querying/basics/ */
const alerts: Rule = (object) =>
  listAt(object.fields, ['spec', 'groups'])
    .flatMap((group) => listAt(group, ['rules']))
    .flatMap((rule) => {
      const [expression, alert, record] = ['expr', 'alert', 'record'].map((field) => valueAt(rule, [field]));
      const [fault] = typeof expression === 'string' ? promqlFaults(expression) : [];
      const title = String(alert ?? record);
      const why = `the expression of ${title} is no PromQL: ${fault}`;
      return unless(fault === undefined, object, `promql/${title}`, why);
    });

const byKind: Readonly<Record<string, (object: DesiredObject, world: ObjectIndex) => readonly Violation[]>> =
  {
    Service: service,
    CronJob: cron,
    PodDisruptionBudget: budget,
    Secret: secret,
    PriorityClass: priority,
    LimitRange: range,
    PrometheusRule: alerts,
  };
