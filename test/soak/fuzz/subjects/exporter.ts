import fc from 'fast-check';
import { stringify } from 'yaml';
import { evaluate, type JSONValue } from '../../../../services/exporter/expression.ts';
import { parseByYaml } from '../../../../services/exporter/faults.ts';
import {
  linkMappings,
  type Mappings,
  type Module,
  mappingSchema,
} from '../../../../services/exporter/mapping.ts';
import type { Reading } from '../../../../services/exporter/series.ts';
import { type TargetsFile, targetsSchema } from '../../../../services/exporter/targets.ts';
import { mutated, mutatedData } from '../mutate.ts';
import { firstOf, unless, wrongNumber } from '../oracles.ts';
import { CANARY, type Outcome, subject } from '../subject.ts';

/** YAML of mutated structures, and mutated YAML. */
const yamlOf = (examples: fc.Arbitrary<object>): fc.Arbitrary<string> => {
  const text = (data: unknown): string => stringify(data, { aliasDuplicateObjects: false }) ?? '';
  return fc.oneof(
    { weight: 3, arbitrary: mutatedData(examples).map(safely(text)) },
    { weight: 3, arbitrary: mutated(examples.map(text)) },
    { weight: 1, arbitrary: mutated(examples.map((data) => JSON.stringify(data))) },
  );
};

/** The writer's own limits are not those under test. */
const safely =
  (write: (data: unknown) => string) =>
  (data: unknown): string => {
    try {
      return write(data);
    } catch {
      return '['.repeat(5000);
    }
  };

function byFaults<A>(parse: (faults: string[]) => A | undefined): Outcome<A> {
  const faults: string[] = [];
  const accepted = parse(faults);
  return accepted === undefined || faults.length > 0 ? { refused: faults } : { accepted };
}

const metric = { name: 'queue_ready', type: 'gauge', help: 'Messages.', path: 'ready' };
const mappingFiles = fc.constantFrom<object>(
  { metrics: [metric] },
  { metrics: [{ ...metric, items: '[*]', labels: { zone: 'a' }, labelsFrom: { queue: 'name' } }] },
  {
    targetLabel: 'service',
    metrics: [
      { name: 'requests_total', type: 'counter', help: 'Requests.', path: '"400_count"' },
      { ...metric, path: 'sum(rows[?ok == `true`].{v: to_number(value)}[].v) || `0`' },
    ],
  },
);

/** A mapping file. */
export const mapping = subject<string, Omit<Mappings, 'names'>>({
  name: 'exporter mapping',
  inputs: yamlOf(mappingFiles),
  parse: (text) =>
    byFaults((faults) => {
      const read = parseByYaml('a.yaml', text, mappingSchema, faults);
      return read && linkMappings([{ name: 'a', mapping: read }], faults);
    }),
  nonsense: ({ families, modules }) =>
    firstOf(
      ...families.map(({ name }) => unless(/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name), `metric '${name}'`)),
      ...(modules.get('a')?.rules ?? []).flatMap(({ labels }) =>
        labels.map(([label]) => unless(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(label), `label '${label}'`)),
      ),
    ),
});

const around = { modules: ['a'], intervalSeconds: 15, environment: { PASSWORD: CANARY } };
// Made once, as in the service: it takes longer than to read a file by it.
const targetsFile = targetsSchema(around);
const targetFiles = fc.constantFrom<object>(
  {
    targets: [
      { name: 'one', url: 'http://host:8080/stats?x=1', module: 'a', timeoutSeconds: 2.5 },
      {
        ...{ name: 'two', url: 'https://host/stats', module: 'a' },
        basicAuth: { username: 'me', passwordVariable: 'PASSWORD' },
      },
    ],
    allow: ['http://host:8080', 'https://*.example.com'],
    allowAddresses: ['127.0.0.0/8', 'fd00::/8'],
  },
  { targets: [{ name: 'one', url: `http://me:${CANARY}@host:8080/`, module: 'a' }] },
  {
    targets: [
      { name: 'one', url: 'http://host/', module: 'a', basicAuth: { username: 'me', password: CANARY } },
    ],
  },
  { allow: [`http://me:${CANARY}@host`] },
);

/** The targets file. */
export const targets = subject<string, TargetsFile>({
  name: 'exporter targets',
  inputs: yamlOf(targetFiles),
  parse: (text) => byFaults((faults) => parseByYaml('targets.yaml', text, targetsFile, faults)),
  nonsense: (file) =>
    firstOf(
      wrongNumber(file),
      ...file.targets.map(({ url: { protocol, username, password, hostname }, timeoutSeconds = 1 }) =>
        firstOf(
          unless(/^https?:$/.test(protocol) && hostname !== '', `URL of ${protocol}`),
          unless(username === '' && password === '', 'URL with credentials'),
          unless(timeoutSeconds > 0 && timeoutSeconds <= 15, `timeout ${timeoutSeconds}`),
        ),
      ),
      ...file.allowAddresses.map(({ prefix }) => unless(prefix >= 0 && prefix <= 128, `prefix ${prefix}`)),
    ),
});

const EXPRESSIONS = [
  ...[
    'value',
    'rows[*]',
    '[*]',
    'rows[].value',
    'to_number(value)',
    'sum(rows[*].value)',
    'max(rows[*].value)',
  ],
  ...['length(rows)', 'rows[?value > `1`] | [0].value', 'a.b.c.d', '"400_count"', 'avg(rows[].value)', '@'],
  ...[
    'values(@)',
    'keys(@)',
    'to_string(@)',
    'rows | [::-1]',
    'not_null(value, `1`)',
    'abs(value)',
    'ceil(value)',
  ],
];

const MAX_SERIES = 500;
const modules = fc
  .record({
    items: fc.option(fc.constantFrom('rows', '[*]', 'rows[*]', 'values(@)', '@'), { nil: undefined }),
    path: fc.constantFrom(...EXPRESSIONS),
    label: fc.constantFrom('name', 'id', '@', 'to_string(@)'),
    type: fc.constantFrom('gauge', 'counter'),
  })
  .map(({ items, path, label, type }) => {
    const name = type === 'counter' ? 'a_total' : 'a';
    const one = {
      name,
      type,
      help: 'Help.',
      path,
      labelsFrom: { label },
      ...(items !== undefined && { items }),
    };
    return moduleOf({ metrics: [one] });
  });

const known = new Map<string, Module>();

function moduleOf(file: object): Module {
  const text = JSON.stringify(file);
  const module = known.get(text) ?? compile(text);
  known.set(text, module);
  return module;
}

function compile(text: string): Module {
  const faults: string[] = [];
  const read = parseByYaml('a.yaml', text, mappingSchema, faults);
  const module = read && linkMappings([{ name: 'a', mapping: read }], faults).modules.get('a');
  if (module === undefined || faults.length > 0) throw new Error(`no mapping: ${faults.join('; ')}`);
  return module;
}

const documents = mutatedData(
  fc.constantFrom<object>(
    {
      value: 1,
      rows: [
        { name: 'a', value: 1, id: 1 },
        { name: 'b', value: 2.5, id: 2 },
      ],
      '400_count': 3,
    },
    [
      { name: 'jobs', value: '12', id: 1234567 },
      { name: 'l"\\\n', value: -1, id: true },
    ],
    { value: '', rows: Array.from({ length: 60 }, (_, index) => ({ name: `row ${index}`, value: index })) },
    { value: '0x1F', rows: { a: { value: ' ' }, b: { value: null } } },
  ),
);

interface Document {
  readonly module: Module;
  readonly data: unknown;
}

/** A document by a mapping: it refuses nothing but too many series. */
export const evaluation = subject<Document, readonly Reading[]>({
  name: 'JSON evaluate',
  inputs: fc.record({ module: modules, data: documents }),
  parse: ({ module, data }) => ({
    accepted: evaluate(data as JSONValue, { module, target: 'shop', maxSeries: MAX_SERIES }).readings,
  }),
  nonsense: (readings) =>
    firstOf(
      unless(readings.length <= MAX_SERIES, `${readings.length} series`),
      ...readings.map(({ id, value, counter }) =>
        firstOf(
          unless(Number.isFinite(value) && !(counter && value < 0), `${id} is ${value}`),
          unless(/^a(_total)?\{label="([^"\\\n]|\\["\\n])*",target="shop"\}$/.test(id), `series ${id}`),
        ),
      ),
    ),
});
