import { describe, expect, it } from 'vitest';
import { broken, describeBreaks } from './testing/chains.ts';
import * as network from './testing/corpus/breaks-network.ts';
import { unrelated } from './testing/corpus/breaks-none.ts';
import * as pods from './testing/corpus/breaks-pods.ts';
import * as rights from './testing/corpus/breaks-rights.ts';
import * as objects from './testing/corpus/breaks-rules-objects.ts';
import * as podRules from './testing/corpus/breaks-rules-pods.ts';
import * as scaling from './testing/corpus/breaks-scaling.ts';
import * as traffic from './testing/corpus/breaks-traffic.ts';

describeBreaks('a chain of traffic that a change breaks', traffic.rows);

describeBreaks('a chain of pods that a change breaks', pods.rows);

describeBreaks('a chain of scaling, access and delivery that a change breaks', scaling.rows);

describeBreaks('a chain of connections that a change breaks', network.rows);

// Names that every object of JavaScript has.
it.each(['constructor', '__proto__', 'toString'])('an object of the kind %s breaks nothing', (kind) => {
  const object = `{apiVersion: v1, kind: ${kind}, metadata: {name: web, namespace: shop}, data: {a: x}}`;
  expect(broken([object], 'a: x', 'a: y').said).toEqual([]);
});

describeBreaks('a permission that a workload has', rights.rows);

it.each([
  ['that a wider one covers', 'verbs: [get, update]', 'verbs: ["*"]'],
  ['that another binding gives as well', rights.binding, rights.clusterBinding],
  [
    'that a group of all accounts gives as well',
    rights.binding,
    rights.clusterBinding.replace(
      '{kind: ServiceAccount, name: web, namespace: shop}',
      '{kind: Group, name: "system:serviceaccounts:shop"}',
    ),
  ],
  [
    'that all users get as well',
    rights.binding,
    rights.clusterBinding.replace(
      '{kind: ServiceAccount, name: web, namespace: shop}',
      '{kind: Group, name: "system:authenticated"}',
    ),
  ],
  ['that is written down in another order', 'verbs: [get, update]', 'verbs: [update, get]'],
])('names no permission %s', (_, from, to) => {
  expect(broken(rights.all, from, to).said).toEqual([]);
});

describeBreaks('an object that cannot work', objects.rows);

it('does not report a fault that was there before', () => {
  expect(broken([objects.cron.replace('Berlin', 'Berln')], '0 3 *', '0 4 *').said).toEqual([]);
});

describeBreaks('a pod that cannot work', podRules.rows);

describe('what is not broken by a change is not named', () => {
  it.each(unrelated)('%s', (_, base, from, to) => {
    expect(broken(base, from, to).said).toEqual([]);
  });
});
