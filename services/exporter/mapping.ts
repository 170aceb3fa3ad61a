import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { compileExpression, type Expression } from './expression.ts';
import { readYaml } from './faults.ts';

/** What the exporter says of itself, and what a mapping must therefore not say. */
const RESERVED = /^(?:sluice_exporter|probe|process|nodejs)_/;
const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Two leading underscores are Prometheus' own. */
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

const expression = z.string().transform((text, context) => {
  try {
    return compileExpression(text);
  } catch (error) {
    const why = (error as Error).message;
    context.addIssue({ code: 'custom', message: `must be a JMESPath expression: ${why}` });
    return z.NEVER;
  }
});

const metricName = z
  .string()
  .regex(METRIC_NAME, { error: `must match ${METRIC_NAME.source}` })
  .refine((name) => !RESERVED.test(name), { error: `must not match ${RESERVED.source}` });
const labelName = z.string().regex(LABEL_NAME, { error: `must match ${LABEL_NAME.source}` });

const metric = {
  help: z.string().min(1, { error: 'must not be empty' }),
  /** Yields a list; each of its items gives a series. Without it the document is the only item. */
  items: expression.optional(),
  /** The value within an item. */
  path: expression,
  labels: z.record(labelName, z.string()).default({}),
  /** Within an item. */
  labelsFrom: z.record(labelName, expression).default({}),
};

/** A mapping file. */
export const mappingSchema = z.strictObject({
  /** The label that carries the target's name. */
  targetLabel: labelName.default('target'),
  metrics: z
    .array(
      z.discriminatedUnion(
        'type',
        [
          z.strictObject({
            type: z.literal('counter'),
            name: metricName.endsWith('_total', { error: "must end with '_total', as a counter" }),
            ...metric,
          }),
          z.strictObject({ type: z.literal('gauge'), name: metricName, ...metric }),
        ],
        { error: "must be 'counter' or 'gauge'" },
      ),
    )
    .min(1, { error: 'must not be empty' }),
});

type Mapping = z.output<typeof mappingSchema>;
type Metric = Mapping['metrics'][number];

/** All series of one name. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
}

/** How the values of one family are found in a document. */
export interface Rule {
  /** Index of its family. */
  readonly family: number;
  readonly name: string;
  readonly counter: boolean;
  readonly items: Expression | undefined;
  readonly path: Expression;
  /** Sorted by name: the same labels give the same text. */
  readonly labels: readonly (readonly [name: string, source: LabelSource])[];
}

export type LabelSource = { readonly text: string } | { readonly path: Expression } | 'target';

/** One mapping file, linked with the others. Its rules are in the order of the families. */
export interface Module {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** The mapping file, compiled. */
export interface Mappings {
  readonly families: readonly Family[];
  readonly modules: ReadonlyMap<string, Module>;
  /** The names of all modules, also of those with faults. */
  readonly names: readonly string[];
}

/** Reads every `NAME.yaml` of a directory as the module NAME. @param faults Takes every fault of them all */
export function readMappings(directory: string, faults: string[]): Mappings {
  const files = filesOf(directory, faults);
  const mappings = files.flatMap((file) => {
    const mapping = readYaml(join(directory, file), mappingSchema, faults);
    return mapping === undefined ? [] : [{ name: moduleName(file), mapping }];
  });
  return { ...linkMappings(mappings, faults), names: files.map(moduleName) };
}

const moduleName = (file: string): string => basename(file, '.yaml');

function filesOf(directory: string, faults: string[]): string[] {
  try {
    const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
    if (files.length === 0) faults.push(`'MAPPINGS_DIRECTORY' (${directory}) must hold a NAME.yaml`);
    return files.sort();
  } catch (error) {
    const why = (error as Error).message;
    faults.push(`'MAPPINGS_DIRECTORY' (${directory}) must be a directory that can be read: ${why}`);
    return [];
  }
}

interface Named {
  readonly name: string;
  readonly mapping: Mapping;
}

/** Brings the mappings together: what is exposed under one name has one type and one help. */
export function linkMappings(mappings: readonly Named[], faults: string[]): Omit<Mappings, 'names'> {
  const families = new Map<string, Family>();
  for (const { name: module, mapping } of mappings)
    for (const metric of mapping.metrics) {
      const { name, type, help } = metric;
      const first = families.get(name) ?? { name, type, help };
      families.set(name, first);
      const found = [...disagreements(first, metric), ...clashes(metric, mapping.targetLabel)];
      faults.push(...found.map((fault) => `module '${module}': ${fault}`));
    }
  const order = new Map([...families.keys()].map((name, index) => [name, index]));
  return {
    families: [...families.values()],
    modules: new Map(mappings.map(({ name, mapping }) => [name, moduleOf(name, mapping, order)])),
  };
}

/** What is exposed under one name has one type and one help. */
const disagreements = (first: Family, metric: Metric): string[] =>
  (['type', 'help'] as const)
    .filter((property) => first[property] !== metric[property])
    .map(
      (property) =>
        `'${property}' (${metric[property]}) of '${metric.name}' must be '${first[property]}', as where it is named first`,
    );

/** A label has one source; without the target's name the series of two targets would be the same. */
function clashes({ name, labels, labelsFrom }: Metric, targetLabel: string): string[] {
  const all = [targetLabel, ...Object.keys(labels), ...Object.keys(labelsFrom)];
  const repeated = new Set(all.filter((label, index) => all.indexOf(label) !== index));
  return [...repeated].map((label) => `'${name}' must not have the label '${label}' twice`);
}

function moduleOf(name: string, mapping: Mapping, order: ReadonlyMap<string, number>): Module {
  const rules = mapping.metrics.map((metric) => ruleOf(metric, mapping.targetLabel, order));
  return { name, rules: rules.sort((a, b) => a.family - b.family) };
}

function ruleOf(metric: Metric, targetLabel: string, order: ReadonlyMap<string, number>): Rule {
  const labels: [string, LabelSource][] = [
    [targetLabel, 'target'],
    ...Object.entries(metric.labels).map(([name, text]): [string, LabelSource] => [name, { text }]),
    ...Object.entries(metric.labelsFrom).map(([name, path]): [string, LabelSource] => [name, { path }]),
  ];
  return {
    family: order.get(metric.name) ?? 0,
    name: metric.name,
    counter: metric.type === 'counter',
    items: metric.items,
    path: metric.path,
    labels: labels.sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}
