import { filledIn } from '../../../charts/dashboards/dashboard.ts';
import { rendered } from '../dist.ts';

/** A ConfigMap for Grafana's sidecar, and the dashboard in it. */
export interface DashboardFile {
  /** Below dist/. */
  readonly path: string;
  readonly environment: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly files: readonly string[];
  readonly json: unknown;
}

/** A query of a dashboard, as Prometheus would be asked. */
export interface DashboardQuery {
  readonly path: string;
  readonly name: string;
  readonly expr: string;
}

interface ConfigMap {
  readonly kind: string;
  readonly metadata: DashboardFile['metadata'];
  readonly data?: Readonly<Record<string, string>>;
}

/** Every dashboard of dist/. */
export const dashboardFiles: readonly DashboardFile[] = rendered.flatMap(({ path, environment, object }) => {
  const { kind, metadata, data = {} } = object as object as ConfigMap;
  if (kind !== 'ConfigMap' || metadata.labels?.grafana_dashboard === undefined) return [];
  const [text = ''] = Object.values(data);
  return [{ path, environment, metadata, files: Object.keys(data), json: JSON.parse(text) }];
});

/** Every panel, variable and annotation that asks Prometheus, whatever kind it is. */
export const dashboardQueries: readonly DashboardQuery[] = dashboardFiles.flatMap(({ path, json }) =>
  queriesIn(json, path).map(({ name, expr }) => ({ path, name, expr: filledIn(expr) })),
);

/** Objects with an `expr` or a `label_values(...)`, with the next title or name above them. */
export function queriesIn(value: unknown, name: string): { name: string; expr: string }[] {
  if (Array.isArray(value)) return value.flatMap((one) => queriesIn(one, name));
  if (typeof value !== 'object' || value === null) return [];
  const { title, expr, definition, datasource } = value as Readonly<Record<string, unknown>>;
  const own = [title, (value as { name?: unknown }).name].find((one) => typeof one === 'string') ?? name;
  const { type = 'prometheus' } = (datasource ?? {}) as { type?: string };
  if (type !== 'prometheus') return [];
  const found = typeof expr === 'string' ? [{ name: String(own), expr }] : [];
  const values = /^label_values\((.*), (\w+)\)$/s.exec(typeof definition === 'string' ? definition : '');
  const variable = values ? [{ name: String(own), expr: `max by (${values[2]}) (${values[1]})` }] : [];
  return [...found, ...variable, ...Object.values(value).flatMap((inner) => queriesIn(inner, String(own)))];
}
