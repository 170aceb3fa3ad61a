/** What a panel asks its data source, as Grafana reads it. */
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder as LokiBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';

/** One expression of PromQL, with what its series are called. */
export interface Query {
  readonly expr: string;
  /** Grafana's template: `{{pod}}`; empty in a table, which has columns. */
  readonly legend: string;
}

/** Queries of a panel are A, B, C ... */
export const refId = (index: number): string => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(index);

/** A query for the values of the whole time span. */
export const rangeQuery = (query: Query, index: number): DataqueryBuilder => queryOf(query, index).range();

/** A query for the newest value. */
export const instantQuery = (query: Query, index: number): DataqueryBuilder =>
  queryOf(query, index).instant();

function queryOf({ expr, legend }: Query, index: number): DataqueryBuilder {
  const builder = new DataqueryBuilder().refId(refId(index)).expr(expr);
  return legend === '' ? builder : builder.legendFormat(legend);
}

/** Lines of a log that a panel shows at most. */
const MAX_LINES = 200;

/** A query of Loki in LogQL. */
export const logQl = (expr: string, index: number): LokiBuilder =>
  new LokiBuilder().refId(refId(index)).expr(expr).maxLines(MAX_LINES);

/** A query of VictoriaLogs in LogsQL; Grafana's builders do not know its plugin. */
export const logsQl = (expr: string, index: number): cog.Builder<cog.Dataquery> => ({
  build: () => ({
    ...{ refId: refId(index), expr, maxLines: MAX_LINES },
    _implementsDataqueryVariant: () => {},
  }),
});
