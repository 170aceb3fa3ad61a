import fc from 'fast-check';
import { stringify } from 'yaml';
import { capacityOf } from '../../../../packages/analysis/capacity/capacity.ts';
import { jsonReport as capacityReport } from '../../../../packages/analysis/capacity/report.ts';
import { compare } from '../../../../packages/analysis/diff/compare.ts';
import { jsonReport, markdownReport, textReport } from '../../../../packages/analysis/diff/report.ts';
import { ConfigurationError } from '../../../../packages/contracts/checks.ts';
import { snapshotOf } from '../../../../packages/manifests/objects.ts';
import { amountOf, compareQuantities, ONE } from '../../../../packages/manifests/quantities.ts';
import { parseYaml } from '../../../../packages/manifests/yaml.ts';
import { jsonOf, mutated, mutatedData, texts, values } from '../mutate.ts';
import { firstOf, unless } from '../oracles.ts';
import { CANARY, CANARY_MARK, parsing, subject } from '../subject.ts';

const pod = {
  containers: [
    {
      ...{ name: 'app', image: 'app:1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] },
      resources: { requests: { cpu: '500m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    },
  ],
  volumes: [{ name: 'data', configMap: { name: 'settings' } }],
};
const metadata = { name: 'web', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web' } };
const MANIFESTS: readonly object[] = [
  {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
    spec: { replicas: 2, selector: { matchLabels: {} }, template: { metadata, spec: pod } },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: CANARY }, data: { token: CANARY } },
  {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata },
    data: { 'a.json': '{"a":[1,2]}', 'b.yaml': 'a: &a {x: 1}\nb: *a\n', c: 'text' },
  },
  {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 5 },
  },
  { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80, protocol: 'TCP' }] } },
  {
    apiVersion: 'v1',
    kind: 'List',
    items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }],
  },
];

const textOf = (data: unknown): string => stringify(data, { aliasDuplicateObjects: false }) ?? '';
const ORIGINALS = MANIFESTS.map(textOf);

interface Change {
  readonly original: string;
  readonly text: string;
}

const changes: fc.Arbitrary<Change> = fc.nat({ max: MANIFESTS.length - 1 }).chain((index) => {
  const original = ORIGINALS[index] ?? '';
  const otherData = mutatedData(fc.constant(MANIFESTS[index] ?? {})).map((data) => jsonOf(data));
  return fc
    .oneof({ weight: 2, arbitrary: mutated(fc.constant(original), 3) }, { weight: 2, arbitrary: otherData })
    .map((text) => ({ original, text }));
});

/** What a pull request may hold, read and reported by every command that reads it. */
export const manifests = subject<Change, string>({
  name: "diff's YAML",
  inputs: changes,
  parse: ({ original, text }) =>
    parsing(() => {
      const path = 'local/shop/a.yaml';
      const base = snapshotOf('base', new Map([[path, original]]));
      const head = snapshotOf('head', new Map([[path, text]]));
      const difference = compare(base, head);
      const reports = [textReport, markdownReport, jsonReport].map((report) => report(difference));
      const capacity = capacityReport([capacityOf('local', [...head.objects.values()], undefined)]);
      return [...reports, capacity].join('\n');
    }, ConfigurationError),
  nonsense: (report, { original, text }) =>
    original.includes('kind: Secret') && !isSecretElsewhere(text)
      ? unless(!report.toLowerCase().includes(CANARY_MARK), `shows a Secret: ${report}`)
      : undefined,
});

/** In its labels a secret is none. */
const isSecretElsewhere = (text: string): boolean =>
  parseYaml(text).some((object) => {
    const { data: _, stringData: __, ...rest } = (object ?? {}) as Record<string, unknown>;
    return jsonOf(rest).toLowerCase().includes(CANARY_MARK);
  });

const quantities = texts(
  ...([
    '1',
    '500m',
    '0.5',
    '128Mi',
    '1.5Gi',
    '1e3',
    '1E3',
    '5E',
    '12e-6',
    '100n',
    '+1',
    '-1k',
    '.5',
    '3.',
  ] as const),
);

/** Counted in the same units by floats: right to nine digits, or beyond what they hold. */
function roughly(text: string): number {
  const [, number = '', suffix = ''] = /^([-+]?[0-9.]+)(.*)$/.exec(text) ?? [];
  const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].indexOf(suffix);
  if (binary >= 0) return Number(number) * 1024 ** (binary + 1);
  const decimal = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }[suffix];
  return decimal === undefined ? Number(text) : Number(number) * 10 ** decimal;
}

/** A quantity of Kubernetes: what is accepted is the same amount by another way of counting. */
export const quantity = subject<unknown, bigint>({
  name: 'quantity',
  inputs: fc.oneof({ weight: 8, arbitrary: quantities }, { weight: 1, arbitrary: values }),
  parse: (input) => {
    const amount = amountOf(input);
    return amount === undefined ? { refused: [] } : { accepted: amount };
  },
  nonsense: (amount, input) => {
    const expected = roughly(String(input));
    const found = Number(amount) / Number(ONE);
    return firstOf(
      unless(Number.isFinite(expected), 'no number'),
      unless(Math.abs(found - expected) <= 1e-9 * Math.abs(expected), `${found} for ${expected}`),
      unless(compareQuantities(input, input) === 0, 'not the same as itself'),
    );
  },
});
