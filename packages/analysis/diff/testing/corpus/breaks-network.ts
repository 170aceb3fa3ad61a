import { type BreakRow, client, inward, outward, policy, service, web } from '../chains.ts';

const services = 'kubernetes.io, Service';
const policies = 'kubernetes.io, Network Policies: "The two sorts of pod isolation"';

export const rows: readonly BreakRow[] = [
  [
    'a Service that a variable names is removed',
    [web, service, client],
    service,
    '',
    /Deployment shop\/client connects on port 80 to: Service shop\/web is not there/,
    services,
  ],
  [
    'the port of a Service that a variable names',
    [web, service, client],
    'port: 80,',
    'port: 8080,',
    /connects on port 80 to: Service shop\/web has no port 80; it has 8080/,
    services,
  ],
  [
    'a peer that a NetworkPolicy no longer lets in',
    [web, service, client, inward],
    'matchLabels: {app: client}}}], ports',
    'matchLabels: {app: api}}}], ports',
    /Deployment shop\/client connects on port 80 to: NetworkPolicy shop\/web lets nothing of Deployment shop\/client into Deployment shop\/web on port 8080/,
    policies,
  ],
  [
    'a port that a NetworkPolicy no longer lets in',
    [web, service, client, inward],
    'ports: [{port: 8080}]',
    'ports: [{port: 9090}]',
    /lets nothing of Deployment shop\/client into/,
    policies,
  ],
  [
    'a new NetworkPolicy that denies everything',
    [web, service, client],
    client,
    `${client}\n---\n${policy('deny', 'podSelector: {}')}`,
    /NetworkPolicy shop\/deny lets nothing of Deployment shop\/client into/,
    policies,
  ],
  [
    'a rule of egress removed',
    [web, service, client, outward],
    /{to: \[.*?ports: \[{port: 8080}\]}, /,
    '',
    /NetworkPolicy shop\/client lets Deployment shop\/client not out to Deployment shop\/web on port 8080/,
    policies,
  ],
  [
    'egress without DNS',
    [web, service, client, outward],
    ', {ports: [{port: 53, protocol: UDP}]}',
    '',
    /Deployment shop\/client finds names by: NetworkPolicy shop\/client lets it ask no DNS/,
    'kubernetes.io, DNS for Services and Pods',
  ],
  [
    'a container port that a NetworkPolicy does not let in',
    [web, service, client, inward],
    'containerPort: 8080',
    'containerPort: 8000',
    /lets nothing of Deployment shop\/client into Deployment shop\/web on port 8000/,
    policies,
  ],
];
