import { describe, expect, it } from 'vitest';
import { compareYaml, object, type Row } from './testing.ts';

const rollout = (spec: string): string => object('argoproj.io/v1alpha1', 'Rollout', `spec: {${spec}}`);

const rows: readonly Row[] = [
  [
    'another image of a Rollout',
    rollout('template: {spec: {a: 1}}'),
    rollout('template: {spec: {a: 2}}'),
    'config',
    /rolling restart of Rollout/,
  ],
  [
    'another image of a Rollout with a canary',
    rollout('strategy: {canary: {}}, template: {spec: {a: 1}}'),
    rollout('strategy: {canary: {}}, template: {spec: {a: 2}}'),
    'config',
    /release of Rollout shop\/web: its canary is tried first/,
  ],
  [
    'another share of the requests in a release',
    rollout('strategy: {canary: {steps: [{setWeight: 10}]}}'),
    rollout('strategy: {canary: {steps: [{setWeight: 20}]}}'),
    'config',
    /how the next release goes; no restart/,
  ],
  [
    'another bound of a release',
    object('argoproj.io/v1alpha1', 'AnalysisTemplate', 'spec: {metrics: [{name: a, count: 1}]}'),
    object('argoproj.io/v1alpha1', 'AnalysisTemplate', 'spec: {metrics: [{name: a, count: 2}]}'),
    'config',
    /how a release is judged/,
  ],
  [
    'another route of Traefik',
    object('traefik.io/v1alpha1', 'IngressRoute', 'spec: {routes: [{match: a}]}'),
    object('traefik.io/v1alpha1', 'IngressRoute', 'spec: {routes: [{match: b}]}'),
    'exposure',
    /how it is reached/,
  ],
];

describe('a change of a release', () => {
  it.each(rows)('%s', (_, base, head, rank, word) => {
    const { worst, changes } = compareYaml(base, head);
    expect(worst).toBe(rank);
    expect(changes.flatMap(({ reasons }) => reasons).join('; ')).toMatch(word);
  });
});
