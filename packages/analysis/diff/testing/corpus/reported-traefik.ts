import { object, type ReportedRow } from '../../testing.ts';
import { dep, docs, named, svc } from './reported-kit.ts';

const TRAEFIK = 'traefik.io/v1alpha1';

const middleware = (spec: string): string => object(TRAEFIK, 'Middleware', `spec: {${spec}}`);
const traefikRoute = (spec: string): string => object(TRAEFIK, 'IngressRoute', `spec: {${spec}}`);

export const rows: readonly ReportedRow[] = [
  [
    'a middleware with a wider list of addresses',
    middleware('ipAllowList: {sourceRange: [10.0.0.0/8]}'),
    middleware('ipAllowList: {sourceRange: [10.0.0.0/8, 0.0.0.0/0]}'),
    'exposure',
    /every address/,
    'doc.traefik.io, IPAllowList: "sourceRange"',
  ],
  [
    'a middleware with a narrower list of addresses',
    middleware('ipAllowList: {sourceRange: [10.0.0.0/8]}'),
    middleware('ipAllowList: {sourceRange: [10.1.0.0/16]}'),
    'config',
    /applied in place/,
    'doc.traefik.io, IPAllowList: "sourceRange"',
  ],
  [
    'a middleware that asks for no login any more',
    middleware('basicAuth: {secret: users}, headers: {}'),
    middleware('headers: {}'),
    'exposure',
    /basicAuth/,
    'doc.traefik.io, BasicAuth',
  ],
  [
    'the users of a middleware removed',
    docs(middleware('basicAuth: {secret: users}'), named('Secret', 'v1', 'users', 'stringData: {users: a}')),
    middleware('basicAuth: {secret: users}'),
    'broken',
    /Secret shop\/users/,
    'doc.traefik.io, BasicAuth',
  ],
  [
    'the middleware of a route removed',
    docs(
      traefikRoute('routes: [{match: "Host(`a`)", middlewares: [{name: web}], services: []}]'),
      middleware('headers: {}'),
    ),
    traefikRoute('routes: [{match: "Host(`a`)", middlewares: [{name: web}], services: []}]'),
    'broken',
    /Middleware/,
    'doc.traefik.io, IngressRoute',
  ],
  [
    'the Secret of a route removed',
    docs(
      traefikRoute('routes: [], tls: {secretName: t}'),
      named('Secret', 'v1', 't', 'type: kubernetes.io/tls, stringData: {tls.crt: a, tls.key: b}'),
    ),
    traefikRoute('routes: [], tls: {secretName: t}'),
    'broken',
    /Secret shop\/t/,
    'doc.traefik.io, IngressRoute',
  ],
  [
    'the TLS options of a route removed',
    docs(
      traefikRoute('routes: [], tls: {options: {name: strict}}'),
      named('TLSOption', TRAEFIK, 'strict', 'spec: {minVersion: VersionTLS12}'),
    ),
    traefikRoute('routes: [], tls: {options: {name: strict}}'),
    'broken',
    /TLSOption/,
    'doc.traefik.io, TLSOption',
  ],
  [
    'a further entry point of a route',
    traefikRoute('entryPoints: [internal], routes: [{match: "Host(`a`)", services: []}]'),
    traefikRoute('entryPoints: [internal, websecure], routes: [{match: "Host(`a`)", services: []}]'),
    'exposure',
    /websecure/,
    'doc.traefik.io, IngressRoute',
  ],
  [
    'a TCP route to a port that is not there',
    docs(
      svc('selector: {app: web}, ports: [{port: 5432}]'),
      dep('ports: [{containerPort: 5432}]'),
      object(
        TRAEFIK,
        'IngressRouteTCP',
        'spec: {routes: [{match: "HostSNI(`*`)", services: [{name: web, port: 5432}]}]}',
      ),
    ),
    docs(
      svc('selector: {app: web}, ports: [{port: 5433, targetPort: 5432}]'),
      dep('ports: [{containerPort: 5432}]'),
      object(
        TRAEFIK,
        'IngressRouteTCP',
        'spec: {routes: [{match: "HostSNI(`*`)", services: [{name: web, port: 5432}]}]}',
      ),
    ),
    'broken',
    /no port 5432/,
    'doc.traefik.io, IngressRouteTCP',
  ],
];
