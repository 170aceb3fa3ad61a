import { describe, expect, it } from 'vitest';
import {
  account,
  binding,
  broken,
  client,
  ingress,
  inward,
  named,
  policy,
  service,
  web,
} from './testing/chains.ts';

describe('what is not broken by a change is not named', () => {
  const unrelated: readonly (readonly [name: string, base: readonly string[], from: string, to: string])[] = [
    ['what was broken before', [service, ingress], 'host: example.com', 'host: example.org'],
    [
      'a Secret that is not in git',
      [web],
      'image: "a:1"',
      'image: "a:1", envFrom: [{secretRef: {name: web}}]',
    ],
    [
      'an optional ConfigMap',
      [web],
      'image: "a:1"',
      'image: "a:1", envFrom: [{configMapRef: {name: a, optional: true}}]',
    ],
    [
      'the CA that every namespace has',
      [web],
      'image: "a:1"',
      'image: "a:1", envFrom: [{configMapRef: {name: kube-root-ca.crt}}]',
    ],
    ['a port that is open without being declared', [web, service], 'targetPort: http', 'targetPort: 7070'],
    [
      'a role over what is removed',
      [
        web,
        named(
          'Role',
          'rbac.authorization.k8s.io/v1',
          'a',
          'rules: [{resources: [deployments], resourceNames: [web], verbs: [get]}]',
        ),
      ],
      web,
      '',
    ],
    [
      'a binding of a role of Kubernetes',
      [account],
      account,
      `${account}\n---\n${binding.replace('kind: Role, name: web', 'kind: ClusterRole, name: view')}`,
    ],
    ['a Service without a selector', [web, service], 'selector: {app: web}, ', ''],
    [
      'a host elsewhere',
      [web],
      'image: "a:1"',
      'image: "a:1", env: [{name: DB_HOST, value: db.example.com}]',
    ],
    ['a word that is no Service', [web], 'image: "a:1"', 'image: "a:1", env: [{name: DB_HOST, value: db}]'],
    [
      'a connection that another policy lets through',
      [web, service, client, inward],
      client,
      `${client}\n---\n${policy('deny', 'podSelector: {}')}`,
    ],
    [
      'a policy about another port of the same pods',
      [web, service, client, inward],
      'ports: [{port: 8080}]',
      'ports: [{port: 8080}, {port: 9090}]',
    ],
  ];
  it.each(unrelated)('%s', (_, base, from, to) => {
    expect(broken(base, from, to).said).toEqual([]);
  });
});
