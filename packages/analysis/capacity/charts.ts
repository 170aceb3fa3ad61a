import { type DesiredObject, isFields, valueAt } from '../../manifests/objects.ts';
import { type Amounts, amountAt, NOTHING, plus, times } from './nodes.ts';

/** What the values of an Application's chart ask for, where they name it. */
export interface ChartDemand {
  readonly application: DesiredObject;
  /** Each `resources.requests` once, or as often as `replicas` beside it says. */
  readonly requests: Amounts;
}

/** The Applications whose objects a chart renders: their pods are not in dist/. */
export const chartsOf = (objects: readonly DesiredObject[]): ChartDemand[] =>
  objects
    .filter(
      ({ kind, fields }) =>
        kind === 'Application' && valueAt(fields, ['spec', 'source', 'chart']) !== undefined,
    )
    .map((application) => ({
      application,
      requests: statedIn(valueAt(application.fields, ['spec', 'source', 'helm', 'valuesObject'])),
    }));

function statedIn(values: unknown): Amounts {
  if (Array.isArray(values)) return values.map(statedIn).reduce(plus, NOTHING);
  if (!isFields(values)) return NOTHING;
  const [cpu, memory] = ['cpu', 'memory'].map((name) =>
    amountAt(valueAt(values, ['resources', 'requests', name])),
  );
  const own = times({ cpu: cpu ?? 0n, memory: memory ?? 0n }, replicasOf(values));
  return Object.values(values).map(statedIn).reduce(plus, own);
}

const replicasOf = (values: unknown): number => {
  const found = ['replicas', 'replicaCount'].map((name) => valueAt(values, [name]));
  // A chart may mean anything by it: what is no count is not taken for one.
  return found.find((one): one is number => Number.isSafeInteger(one) && Number(one) >= 0) ?? 1;
};
