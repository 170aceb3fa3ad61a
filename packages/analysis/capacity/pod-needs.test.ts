import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { quantityOf } from './amounts.ts';
import { podNeeds } from './pod-needs.ts';

const needs = (spec: string) => {
  const { requests, limits } = podNeeds(parse(`{${spec}}`));
  return {
    request: quantityOf('cpu', requests.cpu),
    limit: limits.cpu === undefined ? 'none' : quantityOf('cpu', limits.cpu),
  };
};
const container = (name: string, resources: string, rest = ''): string =>
  `{name: ${name}, resources: {${resources}}, ${rest}}`;
const asks = (cpu: string): string => `requests: {cpu: ${cpu}}, limits: {cpu: ${cpu}}`;

describe('what a pod needs', () => {
  it.each([
    [
      'is what its containers need together',
      `containers: [${container('a', asks('1'))}, ${container('b', asks('500m'))}]`,
      '1.5',
      '1.5',
    ],
    ['is nothing where nothing is stated, and has no limit', 'containers: [{name: a}]', '0', 'none'],
    [
      'has no limit where one container has none',
      `containers: [${container('a', asks('1'))}, ${container('b', 'requests: {cpu: 1}')}]`,
      '2',
      'none',
    ],
    [
      'is the limit where only that is stated',
      `containers: [${container('a', 'limits: {cpu: 2}')}]`,
      '2',
      '2',
    ],
    [
      'is that of an init container that needs more',
      `initContainers: [${container('i', asks('3'))}], containers: [${container('a', asks('1'))}]`,
      '3',
      '3',
    ],
    [
      'takes no notice of an init container that needs less',
      `initContainers: [${container('i', asks('500m'))}], containers: [${container('a', asks('1'))}]`,
      '1',
      '1',
    ],
    [
      'has its sidecars with it all the time',
      `initContainers: [${container('s', asks('1'), 'restartPolicy: Always')}], containers: [${container('a', asks('1'))}]`,
      '2',
      '2',
    ],
    [
      'has a sidecar beside the init containers after it',
      `initContainers: [${container('s', asks('1'), 'restartPolicy: Always')}, ${container('i', asks('3'))}], containers: [${container('a', asks('1'))}]`,
      '4',
      '4',
    ],
    [
      'has no sidecar beside the init containers before it',
      `initContainers: [${container('i', asks('3'))}, ${container('s', asks('1'), 'restartPolicy: Always')}], containers: [${container('a', asks('1'))}]`,
      '3',
      '3',
    ],
    [
      'is what the pod itself states',
      `resources: {${asks('5')}}, containers: [${container('a', asks('1'))}]`,
      '5',
      '5',
    ],
    [
      'has the overhead of its runtime',
      `overhead: {cpu: 250m}, containers: [${container('a', asks('1'))}]`,
      '1.25',
      '1.25',
    ],
  ])('%s', (_, spec, request, limit) => {
    expect(needs(spec)).toEqual({ request, limit });
  });
});
