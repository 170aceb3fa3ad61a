import { object, type SourcedRow, workload } from '../../testing.ts';

const yaml = 'sigs.k8s.io/yaml v1.6.0: YAMLToJSON on go-yaml v2 (YAML 1.1)';
const reader =
  'yaml.org, YAML 1.1 and YAML 1.2.2, tag resolution: the reader of a ConfigMap is not known, and neither may differ';
const mode = (value: string): string =>
  workload(
    'Deployment',
    'image: a',
    '',
    `volumes: [{name: s, secret: {secretName: s, defaultMode: ${value}}}],`,
  );
export const thing = (spec: string): string => object('example.com/v1', 'Thing', `spec: ${spec}`);
const document = (text: string): string => JSON.stringify({ ...configMap, data: { 'a.yaml': text } });
const json = (text: string): string => JSON.stringify({ ...configMap, data: { 'a.json': text } });
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' } };

export const rows: readonly SourcedRow[] = [
  ['yes for true', thing('{a: yes}'), thing('{a: true}'), undefined, /^$/, yaml],
  ['off for false', thing('{a: off}'), thing('{a: false}'), undefined, /^$/, yaml],
  ['NO, quoted from now on', thing('{a: NO}'), thing('{a: "NO"}'), 'config', /in place/, yaml],
  ['an octal mode in decimal', mode('0644'), mode('420'), undefined, /^$/, yaml],
  ['an octal mode, 1.2 style', mode('0o644'), mode('420'), undefined, /^$/, yaml],
  ['an octal mode that loses its 0', mode('0644'), mode('644'), 'config', /rolling restart/, yaml],
  ['digits in groups', thing('{a: 1_000}'), thing('{a: 1000}'), undefined, /^$/, yaml],
  ['a time is a text', thing('{a: 12:30}'), thing('{a: "12:30"}'), undefined, /^$/, yaml],
  ['a date is a text', thing('{a: 2001-12-14}'), thing('{a: "2001-12-14"}'), undefined, /^$/, yaml],
  [
    'a merge key spelled out',
    thing('{a: &a {x: 1, y: 2}, b: {<<: *a, y: 3}}'),
    thing('{a: {x: 1, y: 2}, b: {x: 1, y: 3}}'),
    undefined,
    /^$/,
    yaml,
  ],
  [
    'a merge key below what it overrides',
    thing('{a: &a {x: 1}, b: {x: 2, <<: *a}}'),
    thing('{a: {x: 1}, b: {x: 2}}'),
    'config',
    /in place/,
    yaml,
  ],
  [
    'an integer beyond 2^53',
    thing('{a: 9007199254740993}'),
    thing('{a: 9007199254740992}'),
    'config',
    /in place/,
    'k8s.io/apimachinery/pkg/util/json keeps int64',
  ],
  [
    'an integer beyond 2^53 in a document of JSON',
    json('{"a":9007199254740993}'),
    json('{"a":9007199254740992}'),
    'config',
    /no pod template/,
    'RFC 8259, 6: readers with 64-bit integers tell them apart',
  ],
  ['a document: yes for true', document('a: yes'), document('a: true'), 'config', /no pod template/, reader],
  ['a document: 0644 for 644', document('a: 0644'), document('a: 644'), 'config', /no pod template/, reader],
  ['a document: 0x10 for 16', document('a: 0x10'), document('a: 16'), 'no-op', /same content/, reader],
];
