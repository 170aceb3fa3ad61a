import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { local } from '../../../apps/testing/environments.ts';
import { configOf } from './provider.ts';

const nodesOf = (name: string) =>
  (parse(configOf(name)) as { nodes: { role: string; extraPortMappings?: object[] }[] }).nodes;

test('three nodes, and the node ports of local at the usual ports of this machine alone', () => {
  const [controlPlane, ...workers] = nodesOf('sluice');
  expect(workers).toEqual([{ role: 'worker' }, { role: 'worker' }]);
  const { entrance } = local.web;
  const { http, https } = entrance.kind === 'node-ports' ? entrance : { http: 0, https: 0 };
  expect(controlPlane?.extraPortMappings).toEqual([
    { containerPort: http, hostPort: 80, listenAddress: '127.0.0.1' },
    { containerPort: https, hostPort: 443, listenAddress: '127.0.0.1' },
  ]);
});

test('a second cluster beside it has three nodes too, and none of its ports', () => {
  expect(nodesOf('second')).toEqual([{ role: 'control-plane' }, { role: 'worker' }, { role: 'worker' }]);
});
