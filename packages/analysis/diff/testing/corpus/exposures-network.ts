import { object } from '../../testing.ts';
import type { BreakRow } from '../chains.ts';
import { client, policy, web } from '../chains.ts';

const services = 'kubernetes.io, Service: "Service type"';
const policies = 'kubernetes.io, Network Policies';
const ingresses = 'kubernetes.io, Ingress';
export const service = (spec: string, metadata = ''): string =>
  object('v1', 'Service', `spec: {${spec} ports: [{port: 80}]}`, metadata);
export const balanced = service('type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8, 192.0.2.0/24],');
const ingress = object(
  'networking.k8s.io/v1',
  'Ingress',
  'spec: {tls: [{hosts: [a.example.com]}], rules: [{host: a.example.com, http: {paths: [{path: /}]}}]}',
  'annotations: {nginx.ingress.kubernetes.io/auth-url: "https://login.example.com"},',
);
export const narrow = policy(
  'web',
  'podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: 8080}]}]',
);
export const deny = policy('deny', 'podSelector: {}, policyTypes: [Ingress, Egress]');

export const rows: readonly BreakRow[] = [
  [
    'a load balancer',
    [service('')],
    'spec: { ports',
    'spec: {type: LoadBalancer, ports',
    /a load balancer lets every address reach port 80/,
    services,
  ],
  [
    'a port of every node',
    [service('')],
    'spec: { ports',
    'spec: {type: NodePort, ports',
    /every node lets whoever reaches it reach port 80/,
    services,
  ],
  [
    'source ranges dropped',
    [balanced],
    /loadBalancerSourceRanges: \[.*?\], /,
    '',
    /a load balancer lets every address reach port 80/,
    services,
  ],
  [
    'a source range widened to everything',
    [balanced],
    '10.0.0.0/8',
    '0.0.0.0/0',
    /lets every address reach port 80/,
    services,
  ],
  [
    'a further source range',
    [balanced],
    '[10.0.0.0/8',
    '[198.51.100.0/24, 10.0.0.0/8',
    /lets 198.51.100.0\/24 reach port 80/,
    services,
  ],
  [
    'a load balancer that is internal no longer',
    [service('type: LoadBalancer,', 'annotations: {networking.gke.io/load-balancer-type: Internal},')],
    'Internal',
    'External',
    /lets every address reach port 80/,
    'cloud.google.com, Internal load balancing',
  ],
  [
    'an external address',
    [service('')],
    'spec: { ports',
    'spec: {externalIPs: [192.0.2.1], ports',
    /the address 192.0.2.1 outside the cluster leads to it/,
    services,
  ],
  [
    'a new port of a load balancer',
    [service('type: LoadBalancer,')],
    'ports: [{port: 80}]',
    'ports: [{port: 80}, {port: 22}]',
    /reach port 22/,
    services,
  ],
  [
    'a new host of an Ingress',
    [ingress],
    'rules: [{',
    'rules: [{host: b.example.com, http: {paths: [{path: /}]}}, {',
    /whoever reaches the controller reaches b.example.com\//,
    ingresses,
  ],
  [
    'a new path of an Ingress',
    [ingress],
    'paths: [{path: /}]',
    'paths: [{path: /}, {path: /admin}]',
    /reaches a.example.com\/admin/,
    ingresses,
  ],
  [
    'an Ingress that asks for no login',
    [ingress],
    'nginx.ingress.kubernetes.io/auth-url: "https://login.example.com"',
    '',
    /nothing asks who is there any more \(nginx.ingress.kubernetes.io\/auth-url\)/,
    'kubernetes.github.io/ingress-nginx, Annotations: "External Authentication"',
  ],
  [
    'an Ingress without TLS',
    [ingress],
    'tls: [{hosts: [a.example.com]}], ',
    '',
    /requests to a.example.com come without TLS/,
    'kubernetes.io, Ingress',
  ],
  [
    'a new Ingress',
    [web],
    web,
    `${web}\n---\n${ingress}`,
    /whoever reaches the controller reaches a.example.com\//,
    ingresses,
  ],
  [
    'a route of Traefik without its login',
    [
      object(
        'traefik.io/v1alpha1',
        'IngressRoute',
        'spec: {routes: [{match: Host(`a`), middlewares: [{name: login}]}]}',
      ),
    ],
    ', middlewares: [{name: login}]',
    '',
    /nothing asks who is there any more \(middlewares\)/,
    'doc.traefik.io, IngressRoute: middlewares',
  ],
  [
    'a route for every host',
    [object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'spec: {hostnames: [a.example.com]}')],
    'hostnames: [a.example.com]',
    'hostnames: [a.example.com, b.example.com]',
    /reaches b.example.com/,
    'gateway-api.sigs.k8s.io, HTTPRoute: hostnames',
  ],
  [
    'a Gateway that every namespace attaches to',
    [
      object(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        'spec: {listeners: [{name: a, port: 80, allowedRoutes: {namespaces: {from: Same}}}]}',
      ),
    ],
    'from: Same',
    'from: All',
    /every namespace may attach routes to a/,
    'gateway-api.sigs.k8s.io, Cross-namespace routing',
  ],
  [
    'a NetworkPolicy without peers',
    [web, client, narrow],
    'from: [{podSelector: {matchLabels: {app: client}}}], ',
    '',
    /everybody may reach its pods on port 8080/,
    policies,
  ],
  [
    'a NetworkPolicy for every namespace',
    [web, client, narrow],
    'podSelector: {matchLabels: {app: client}}}]',
    'namespaceSelector: {}}]',
    /every pod of the cluster may reach its pods on port 8080/,
    policies,
  ],
  [
    'a NetworkPolicy for every address',
    [web, client, narrow],
    'podSelector: {matchLabels: {app: client}}}]',
    'ipBlock: {cidr: 0.0.0.0/0}}]',
    /every address may reach its pods on port 8080/,
    policies,
  ],
  [
    'the only NetworkPolicy removed',
    [web, client, narrow],
    narrow,
    '',
    /everybody may reach its pods on every port/,
    policies,
  ],
  [
    'a policy that denied everything removed',
    [web, deny],
    deny,
    '',
    /its pods may reach everybody on every port/,
    policies,
  ],
  [
    'a policy whose selector misses its pods',
    [web, client, narrow],
    'spec: {podSelector: {matchLabels: {app: web}}',
    'spec: {podSelector: {matchLabels: {app: wbe}}',
    /everybody may reach its pods/,
    policies,
  ],
  [
    'egress to every address',
    [web, deny],
    'policyTypes: [Ingress, Egress]',
    'policyTypes: [Ingress, Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]',
    /its pods may reach every address on port 443/,
    policies,
  ],
];
