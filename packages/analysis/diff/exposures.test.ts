import { expect, it } from 'vitest';
import { client, describeOpenings, opened, web } from './testing/chains.ts';
import { balanced, deny, narrow, rows as network, service } from './testing/corpus/exposures-network.ts';
import { account, binding, namespace, rows as rights, role } from './testing/corpus/exposures-rights.ts';
import { object, workload } from './testing.ts';

describeOpenings('what can be reached', network);

it.each([
  ['a cluster-internal Service', [web], web, `${web}\n---\n${service('')}`],
  ['a load balancer that lets fewer in', [balanced], '10.0.0.0/8, ', ''],
  [
    'a further peer among pods',
    [web, client, narrow],
    'matchLabels: {app: client}}}]',
    'matchLabels: {app: client}}}, {podSelector: {matchLabels: {app: api}}}]',
  ],
  ['a NetworkPolicy beside one', [web, client, narrow], narrow, `${narrow}\n---\n${deny}`],
  ['another image of an open workload', [workload('Deployment', 'image: "a:1"')], 'a:1', 'a:2'],
] as const)('%s opens nothing', (_, base, from, to) => {
  expect(opened(base, from, to).there.exposures.map(({ who }) => who)).toEqual([]);
});

describeOpenings('what can be done', rights);

it('a policy removed opens what it refused', () => {
  const bound = object(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    'spec: {validationActions: [Deny]}',
  );
  expect(opened([bound, role], bound, '').there.exposures).toMatchObject([
    { who: 'the API server refuses no longer what it refused' },
  ]);
});

it.each([
  ['a narrow right of one account', [role], role, `${role}\n---\n${binding('RoleBinding', 'web', account)}`],
  [
    'a right that is named otherwise',
    [role, binding('RoleBinding', 'web', account)],
    'apiGroups: [""], resources: [configmaps], verbs: [get]',
    'verbs: [get], resources: [configmaps], apiGroups: [""]',
  ],
  ['a stricter namespace', [namespace('baseline')], 'baseline', 'restricted'],
] as const)('%s opens nothing', (_, base, from, to) => {
  expect(opened(base, from, to).there.exposures.map(({ who }) => who)).toEqual([]);
});
