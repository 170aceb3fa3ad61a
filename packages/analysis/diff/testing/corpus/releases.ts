import { object, type SourcedRow } from '../../testing.ts';

const rollout = (spec: string): string => object('argoproj.io/v1alpha1', 'Rollout', `spec: {${spec}}`);

const docs = 'Argo Rollouts v1.9.2 docs';

export const rows: readonly SourcedRow[] = [
  [
    'another image of a Rollout',
    rollout('template: {spec: {a: 1}}'),
    rollout('template: {spec: {a: 2}}'),
    'config',
    /rolling restart of Rollout/,
    `${docs}/concepts.md: "Rolling Update"`,
  ],
  [
    'another image of a Rollout with a canary',
    rollout('strategy: {canary: {}}, template: {spec: {a: 1}}'),
    rollout('strategy: {canary: {}}, template: {spec: {a: 2}}'),
    'config',
    /release of Rollout shop\/web: its canary is tried first/,
    `${docs}/features/canary/index.md`,
  ],
  [
    'another share of the requests in a release',
    rollout('strategy: {canary: {steps: [{setWeight: 10}]}}'),
    rollout('strategy: {canary: {steps: [{setWeight: 20}]}}'),
    'config',
    /how the next release goes; no restart/,
    `${docs}/features/canary/index.md: "Overview"`,
  ],
  [
    'another bound of a release',
    object('argoproj.io/v1alpha1', 'AnalysisTemplate', 'spec: {metrics: [{name: a, count: 1}]}'),
    object('argoproj.io/v1alpha1', 'AnalysisTemplate', 'spec: {metrics: [{name: a, count: 2}]}'),
    'config',
    /how a release is judged/,
    `${docs}/features/analysis.md`,
  ],
  [
    'another route of Traefik',
    object('traefik.io/v1alpha1', 'IngressRoute', 'spec: {routes: [{match: a}]}'),
    object('traefik.io/v1alpha1', 'IngressRoute', 'spec: {routes: [{match: b}]}'),
    'exposure',
    /how it is reached/,
    'doc.traefik.io, Routers: "Rule"',
  ],
];
