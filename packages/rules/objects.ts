import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type DesiredObject, type Fields, isFields, valueAt } from '../manifests/objects.ts';
import { listAt } from '../manifests/references.ts';

/** What cannot work as an object says it, whatever else is in the cluster. */
export interface Violation {
  readonly object: DesiredObject;
  /** The same for the same fault of the same part of an object in every revision: `limit below request/app/cpu`. */
  readonly key: string;
  /** Property, value and constraint: `the limit of cpu (100m) of container app is below its request (200m)`. */
  readonly why: string;
  /** What else has a part in it: the namespace, the quota, the project. @default none */
  readonly about?: readonly DesiredObject[];
}

/** Pure: an object beside all others of its environment. */
export type Rule = (object: DesiredObject, world: ObjectIndex) => readonly Violation[];

/** A violation where there is one. */
export const unless = (
  holds: boolean,
  object: DesiredObject,
  key: string,
  why: string,
  about: readonly DesiredObject[] = [],
): readonly Violation[] => (holds ? [] : [{ object, key, why, about }]);

/** What the API server or a controller refuses of an object by itself. */
export const objectRules: Rule = (object, world) => [
  ...annotations(object),
  ...size(object),
  ...encoding(object),
  ...servicePorts(object),
  ...cron(object),
  ...surge(object),
  ...priority(object),
  ...servedVersion(object, world),
];

const MOST_ANNOTATIONS = 256 * 1024;

/** @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go */
function annotations(object: DesiredObject): readonly Violation[] {
  const bytes = entriesAt(object.fields, ['metadata', 'annotations'])
    .flat()
    .reduce<number>((sum, text) => sum + Buffer.byteLength(String(text)), 0);
  const why = `its annotations have ${bytes} bytes, at most ${MOST_ANNOTATIONS} are stored`;
  return unless(bytes <= MOST_ANNOTATIONS, object, 'annotations', why);
}

const MOST_DATA = 1024 * 1024;

/** @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
function size(object: DesiredObject): readonly Violation[] {
  const { kind, fields } = object;
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  const decoded = (field: string, text: unknown): number =>
    field === 'binaryData' || (kind === 'Secret' && field === 'data')
      ? Math.floor((String(text).length * 3) / 4)
      : Buffer.byteLength(String(text));
  const bytes = ['data', 'binaryData', 'stringData']
    .flatMap((field) => entriesAt(fields, [field]).map(([, text]) => decoded(field, text)))
    .reduce((sum, one) => sum + one, 0);
  const why = `its data have ${bytes} bytes, at most ${MOST_DATA} (1 MiB) are stored`;
  return unless(bytes <= MOST_DATA, object, 'size', why);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The value itself is never said. */
function encoding(object: DesiredObject): readonly Violation[] {
  const encoded = object.kind === 'Secret' ? 'data' : 'binaryData';
  if (object.kind !== 'Secret' && object.kind !== 'ConfigMap') return [];
  return entriesAt(object.fields, [encoded]).flatMap(([key, text]) =>
    unless(
      BASE64.test(String(text ?? '').replace(/[\r\n]/g, '')),
      object,
      `base64/${key}`,
      `'${encoded}.${key}' must be base64`,
    ),
  );
}

/** @see https://kubernetes.io/docs/concepts/services-networking/service/ */
function servicePorts(object: DesiredObject): readonly Violation[] {
  if (object.kind !== 'Service') return [];
  const ports = listAt(object.fields, ['spec', 'ports']);
  const names = ports.map((port) => valueAt(port, ['name']));
  const unnamed = ports.length > 1 && names.includes(undefined);
  const twice = names.find((name, index) => name !== undefined && names.indexOf(name) !== index);
  return [
    ...unless(!unnamed, object, 'port names', 'each of its several ports must have a name'),
    ...unless(twice === undefined, object, `port twice/${twice}`, `two of its ports have the name ${twice}`),
    ...ports.flatMap((port) => nodePort(object, valueAt(port, ['nodePort']))),
  ];
}

const nodePort = (object: DesiredObject, port: unknown): readonly Violation[] =>
  unless(
    typeof port !== 'number' || port === 0 || (port >= 30_000 && port <= 32_767),
    object,
    `node port/${port}`,
    `nodePort (${port}) must be within 30000-32767, which API servers take by default`,
  );

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
function cron(object: DesiredObject): readonly Violation[] {
  if (object.kind !== 'CronJob') return [];
  const [schedule, zone] = ['schedule', 'timeZone'].map((field) => valueAt(object.fields, ['spec', field]));
  const prefixed = typeof schedule === 'string' && /^(TZ|CRON_TZ)=/.test(schedule);
  return [
    ...unless(
      typeof zone !== 'string' || isZone(zone),
      object,
      'time zone',
      `'timeZone' (${zone}) is no time zone of the IANA database`,
    ),
    ...unless(!prefixed, object, 'zone in schedule', `'schedule' (${schedule}) must not name a time zone`),
    ...unless(
      typeof schedule !== 'string' || prefixed || isSchedule(schedule),
      object,
      'schedule',
      `'schedule' (${schedule}) is no cron expression`,
    ),
    ...unless(
      typeof schedule !== 'string' || hasDay(schedule),
      object,
      'day',
      `'schedule' (${schedule}) is of a day that no month of it has`,
    ),
    ...unless(
      object.name.length <= 52,
      object,
      'name',
      `its name (${object.name}) must have at most 52 characters`,
    ),
  ];
}

const zones = Intl.supportedValuesOf('timeZone');

/** A zone of the database has exactly the name of its file. `Local` is refused, because it depends on the machine. */
function isZone(zone: string): boolean {
  if (!/^[A-Z]/.test(zone) || zone === 'Local') return false;
  const known = zones.find((one) => one.toLowerCase() === zone.toLowerCase());
  if (known !== undefined) return known === zone;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;
const WORDS = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;

/** Whether robfig/cron's standard parser accepts it. @see https://pkg.go.dev/github.com/robfig/cron/v3 */
function isSchedule(text: string): boolean {
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text)) return true;
  if (text.startsWith('@every ')) return /^@every (\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text);
  const fields = text.trim().split(/\s+/);
  return fields.length === RANGES.length && fields.every((field, index) => isField(field, index));
}

const isField = (field: string, index: number): boolean =>
  field.split(',').every((part) => isRange(part.replace(WORDS, '1'), RANGES[index] ?? [0, 0]));

function isRange(part: string, [least, most]: readonly [number, number]): boolean {
  const [, range = '', step] = /^(\*|\?|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(part) ?? [];
  if (range === '' || Number(step ?? 1) < 1) return false;
  if (range === '*' || range === '?') return true;
  const [from = Number.NaN, to = from] = range.split('-').map(Number);
  return from >= least && to <= most && from <= to;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a month of the schedule has the first of its days; a day of the week, where one is said, is as good. */
function hasDay(text: string): boolean {
  const [, , day = '*', month = '*', weekday = '*'] = text.trim().split(/\s+/);
  if (!/^\d+(,\d+)*$/.test(day) || !/^\d+(,\d+)*$/.test(month) || !/^[*?]$/.test(weekday)) return true;
  const least = Math.min(...day.split(',').map(Number));
  return month.split(',').some((one) => least <= (DAYS[Number(one) - 1] ?? 31));
}

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ */
function surge(object: DesiredObject): readonly Violation[] {
  if (object.kind !== 'Deployment') return [];
  const at = (...path: string[]): unknown => valueAt(object.fields, ['spec', ...path]);
  const nothing = (value: unknown): boolean => value === 0 || value === '0%';
  const stuck = ['maxSurge', 'maxUnavailable'].every((field) =>
    nothing(at('strategy', 'rollingUpdate', field)),
  );
  const [deadline, ready] = [at('progressDeadlineSeconds') ?? 600, at('minReadySeconds') ?? 0];
  const inTime = typeof deadline !== 'number' || typeof ready !== 'number' || deadline > ready;
  return [
    ...unless(
      !stuck,
      object,
      'surge',
      "'maxSurge' and 'maxUnavailable' must not both be 0: no pod could be replaced",
    ),
    ...unless(
      inTime,
      object,
      'deadline',
      `'progressDeadlineSeconds' (${deadline}) must exceed 'minReadySeconds' (${ready})`,
    ),
  ];
}

const HIGHEST_PRIORITY = 1_000_000_000;

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass */
function priority(object: DesiredObject): readonly Violation[] {
  const value = object.kind === 'PriorityClass' ? object.fields.value : undefined;
  const holds = typeof value !== 'number' || value <= HIGHEST_PRIORITY || object.name.startsWith('system-');
  return unless(holds, object, 'priority', `'value' (${value}) must be at most ${HIGHEST_PRIORITY}`);
}

/** An object of a version that its own definition does not serve. */
function servedVersion(object: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const definition = world
    .ofKind('CustomResourceDefinition')
    .find(
      ({ fields }) =>
        valueAt(fields, ['spec', 'group']) === object.group &&
        valueAt(fields, ['spec', 'names', 'kind']) === object.kind,
    );
  const versions = listAt(definition?.fields, ['spec', 'versions']);
  const served = versions.some(
    (one) =>
      `${object.group}/${valueAt(one, ['name'])}` === object.apiVersion && valueAt(one, ['served']) === true,
  );
  const why = `${object.apiVersion} is no version that CustomResourceDefinition ${definition?.name} serves`;
  return unless(versions.length === 0 || served, object, 'version', why, definition && [definition]);
}

const entriesAt = (fields: Fields, path: readonly string[]): [string, unknown][] => {
  const found = valueAt(fields, path);
  return isFields(found) ? Object.entries(found) : [];
};
