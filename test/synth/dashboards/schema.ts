import { z } from 'zod';

/**
 * Grafana's dashboard as its documentation gives it, as far as dashboards here use it: what is none of these keys is
 * refused, since Grafana itself ignores a key that it does not know.
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
const text = z.string().trim().min(1);
const sentence = z.string().regex(/^([A-Z]|kube-).*[.?]$/s);
const datasource = z.strictObject({ type: text, uid: text });
const grid = z.strictObject({
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
});

const link = z.strictObject({
  title: text,
  type: z.enum(['link', 'dashboards']),
  url: text.optional(),
  tags: z.array(text),
  asDropdown: z.boolean(),
  includeVars: z.boolean(),
  keepTime: z.boolean(),
});

const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  expr: text,
  legendFormat: text.optional(),
  range: z.boolean().optional(),
  instant: z.boolean().optional(),
  format: z.enum(['table', 'time_series']).optional(),
  maxLines: z.int().optional(),
});

const thresholds = z.strictObject({
  mode: z.literal('absolute'),
  steps: z
    .array(z.strictObject({ value: z.number().nullable(), color: text }))
    .min(1)
    .refine(([first, ...others]) => first?.value === null && others.every(({ value }) => value !== null)),
});

const fieldConfig = z.strictObject({
  defaults: z.strictObject({
    unit: text,
    noValue: sentence,
    min: z.number().optional(),
    decimals: z.int().optional(),
    thresholds,
    mappings: z
      .array(z.strictObject({ type: z.literal('value'), options: z.record(text, z.strictObject({ text })) }))
      .optional(),
    custom: z.record(text, z.unknown()).optional(),
  }),
  overrides: z.array(
    z.strictObject({
      matcher: z.strictObject({ id: text, options: text }),
      properties: z.array(z.strictObject({ id: text, value: z.unknown() })).min(1),
    }),
  ),
});

const panel = z.strictObject({
  type: z.enum(['timeseries', 'stat', 'table']),
  id: z.int().min(1),
  title: text,
  description: sentence,
  gridPos: grid,
  datasource,
  fieldConfig,
  options: z.record(text, z.unknown()),
  targets: z.array(target).min(1),
  transformations: z.array(z.strictObject({ id: text, options: z.record(text, z.unknown()) })).optional(),
  links: z.array(link).optional(),
});

const logs = panel.extend({
  type: z.literal('logs'),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({ noValue: sentence }),
    overrides: z.tuple([]),
  }),
});

const row = z.strictObject({
  type: z.literal('row'),
  id: z.int().min(1),
  title: text,
  gridPos: grid,
  collapsed: z.boolean(),
  panels: z.tuple([]),
});

const annotation = z.strictObject({
  name: text,
  datasource,
  enable: z.boolean(),
  iconColor: text,
  expr: text,
  step: text,
  titleFormat: text,
  textFormat: text,
});

const variable = z
  .object({ name: z.string().regex(/^[a-z]+$/), label: text, type: z.enum(['datasource', 'query']) })
  .loose();

/** A dashboard that Grafana shows as it was meant. */
export const dashboardSchema = z.strictObject({
  uid: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: text,
  description: sentence,
  tags: z.array(text).min(1),
  schemaVersion: z.int().min(36),
  editable: z.literal(false),
  timezone: text,
  graphTooltip: z.int().min(0).max(2),
  fiscalYearStartMonth: z.literal(0),
  time: z.strictObject({ from: text, to: text }),
  refresh: text,
  links: z.array(link).min(1),
  templating: z.strictObject({ list: z.array(variable).min(1) }),
  annotations: z.strictObject({ list: z.array(annotation) }),
  panels: z.array(z.discriminatedUnion('type', [panel, logs, row])).min(1),
});

/** A dashboard as JSON. */
export type DashboardJson = z.infer<typeof dashboardSchema>;
