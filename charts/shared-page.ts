import type { IMiddleware } from '@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware';
import type { IServersTransport } from '@kubernetes-models/traefik/traefik.io/v1alpha1/ServersTransport';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { SignOnProxy } from '../packages/contracts/platform.ts';
import { type Identity, type Labels, metadataOf, wave } from './labels.ts';
import type { ServerTrust } from './monitoring.ts';

/** How the ingress controller authenticates users, for a page that does not do so itself. */
export type Login =
  /** Names and hashes in the Secret's key `users`, one per line as htpasswd writes them. */
  | { readonly kind: 'basic-auth'; readonly secret: string }
  /** A proxy in front of an OpenID provider: it answers 2xx for a user who is signed on. */
  | { readonly kind: 'oidc'; readonly proxy: SignOnProxy };

/** The login that an ingress asks for before a page. */
export interface PageLoginProps extends Identity {
  readonly login: Login;
  /** The header in which the page is told the user's name, in canonical case, so that what comes in under it is replaced. @default it is not told */
  readonly userHeader?: string;
}

/**
 * What stands before a page without a login of its own: a Middleware of Traefik.
 * @throws {ChartError} with every fault of the props
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/basicauth/
 * @see https://oauth2-proxy.github.io/oauth2-proxy/configuration/integration#configuring-for-use-with-the-traefik-v2-forwardauth-middleware
 */
export class PageLogin extends Construct {
  /** How an Ingress names it. */
  readonly reference: string;

  constructor(scope: Construct, id: string, props: PageLoginProps) {
    super(scope, id);
    checkLogin(props);
    const name = `${props.name}-login`;
    this.reference = `${props.namespace}-${name}@kubernetescrd`;
    const { apiVersion, kind, spec } = middleware(props);
    new ApiObject(this, 'middleware', {
      ...{ apiVersion, kind, spec },
      metadata: { ...metadataOf(props, name), annotations: wave('credentials') },
    });
  }
}

/** The page behind it learns nothing of the password. */
const middleware = ({ login, userHeader: header }: PageLoginProps): Omit<IMiddleware, 'metadata'> => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'Middleware',
  spec:
    login.kind === 'basic-auth'
      ? { basicAuth: { secret: login.secret, removeHeader: true, ...(header && { headerField: header }) } }
      : {
          forwardAuth: {
            ...{ address: addressOf(login.proxy), trustForwardHeader: false },
            ...(header && { authResponseHeaders: [header] }),
          },
        },
});

const addressOf = ({ name, namespace, port, path = '/oauth2/auth' }: SignOnProxy): string =>
  `http://${name}.${namespace}.svc:${port}${path}`;

function checkLogin({ name, login }: PageLoginProps): void {
  const checks = new Checks(`PageLogin '${name}'`);
  if (login.kind === 'basic-auth') checks.dnsLabel('login.secret', login.secret).done();
  else
    checks
      .dnsLabel('login.proxy.name', login.proxy.name)
      .dnsLabel('login.proxy.namespace', login.proxy.namespace)
      .wholeNumber('login.proxy.port', login.proxy.port, 1)
      .done();
}

/** The Service behind a page, and who may reach it. */
export interface PageBackendProps extends Identity {
  /** The server name and the authorities that verify its certificate. */
  readonly trust: ServerTrust;
}

/**
 * How Traefik reaches a page whose server speaks TLS inside the cluster.
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/serverstransport/
 */
export class PageBackend extends Construct {
  constructor(scope: Construct, id: string, props: PageBackendProps) {
    super(scope, id);
    const { apiVersion, kind, spec } = transport(props.trust);
    new ApiObject(this, 'servers-transport', {
      ...{ apiVersion, kind, spec },
      metadata: { ...metadataOf(props), annotations: wave('credentials') },
    });
  }
}

/** The annotations by which the Service of the page names it. */
export const pageBackendOf = ({ name, namespace }: Pick<Identity, 'name' | 'namespace'>): Labels => ({
  'traefik.ingress.kubernetes.io/service.serversscheme': 'https',
  'traefik.ingress.kubernetes.io/service.serverstransport': `${namespace}-${name}@kubernetescrd`,
});

const transport = ({ serverName, configMap }: ServerTrust): Omit<IServersTransport, 'metadata'> => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'ServersTransport',
  spec: { serverName, rootCAs: [{ configMap }] },
});

/** An OpenID provider that a load balancer has users sign on at. */
export interface BalancerSignOn {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  /** The Secret of the page's namespace with the keys `clientID` and `clientSecret`. */
  readonly secret: string;
}

/** The load balancer of a host, and what it does before one page. */
export interface BalancerProps {
  readonly host: string;
  /** The host's certificate in AWS Certificate Manager. */
  readonly certificateArn: string;
  readonly scheme: 'internal' | 'internet-facing';
  /** Where a pod of the page says, with 200, that it serves. */
  readonly healthPath: string;
  /** Who signs users on before the page. @default the page itself */
  readonly signOn?: BalancerSignOn;
}

/** A page below some paths of a host that other pages share. */
export interface SharedPageProps extends Identity, BalancerProps {
  /** Path -> whether what is below it is the page's too. */
  readonly paths: Readonly<Record<string, 'Exact' | 'Prefix'>>;
  /** The Service behind it, in the same namespace. */
  readonly service: string;
  /** The Service port's name. */
  readonly port: string;
}

/** The class of the Ingresses that the AWS load balancer controller makes load balancers for. */
export const BALANCER_CLASS = 'alb';
/** Whose pods read the Secret of a sign-on. */
const CONTROLLER = { namespace: 'kube-system', name: 'aws-load-balancer-controller' } as const;
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
/** How long a sign-on lasts: a working day. */
const SESSION_SECONDS = 12 * 60 * 60;

/**
 * A page behind an Application Load Balancer of AWS. Ingresses of one host are one group, which is one load balancer:
 * it ends TLS, leads plain HTTP to HTTPS, and sends requests to the pods themselves. external-dns makes the name of the
 * host from the annotation and from the rule.
 * @throws {ChartError} with every fault of the props
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
export class SharedPage extends Construct {
  constructor(scope: Construct, id: string, props: SharedPageProps) {
    super(scope, id);
    checkPages(props);
    const { host, paths, service, port, signOn } = props;
    const backend = { service: { name: service, port: { name: port } } };
    new k8s.KubeIngress(this, 'ingress', {
      metadata: { ...metadataOf(props), annotations: balancerAnnotations(props) },
      spec: {
        ingressClassName: BALANCER_CLASS,
        rules: [
          {
            host,
            http: {
              paths: Object.entries(paths).map(([path, pathType]) => ({ path, pathType, backend })),
            },
          },
        ],
      },
    });
    if (signOn !== undefined) allowReading(this, props, signOn.secret);
  }
}

/** What an Ingress of the group says to the controller and to external-dns. */
export const balancerAnnotations = (props: BalancerProps): Record<string, string> => ({
  ...prefixed({
    'group.name': groupOf(props.host),
    scheme: props.scheme,
    'target-type': 'ip',
    'certificate-arn': props.certificateArn,
    'listen-ports': JSON.stringify([{ HTTP: 80 }, { HTTPS: 443 }]),
    'ssl-redirect': '443',
    'ssl-policy': TLS_POLICY,
    'load-balancer-attributes': 'routing.http.drop_invalid_header_fields.enabled=true',
    'healthcheck-path': props.healthPath,
    'success-codes': '200',
    ...(props.signOn && signOnOf(props.signOn)),
  }),
  'external-dns.alpha.kubernetes.io/hostname': props.host,
});

const prefixed = (all: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`alb.ingress.kubernetes.io/${name}`, value]),
  );

/** Ingresses of a group share a load balancer: those of a host, and no others. */
const groupOf = (host: string): string => host.replaceAll('.', '-');

const signOnOf = ({ secret: secretName, ...provider }: BalancerSignOn): Record<string, string> => ({
  'auth-type': 'oidc',
  'auth-idp-oidc': JSON.stringify({ ...provider, secretName }),
  'auth-scope': 'openid',
  'auth-session-timeout': String(SESSION_SECONDS),
  'auth-on-unauthenticated-request': 'authenticate',
});

/** The controller may read this one Secret, and no other of the namespace. */
function allowReading(scope: Construct, identity: Identity, secret: string): void {
  const metadata = metadataOf(identity, `${identity.name}-sign-on`);
  new k8s.KubeRole(scope, 'role', {
    metadata,
    rules: [
      { apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get', 'list', 'watch'] },
    ],
  });
  new k8s.KubeRoleBinding(scope, 'binding', {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', ...CONTROLLER }],
  });
}

function checkPages({
  name,
  host,
  service,
  certificateArn,
  paths,
  healthPath,
  signOn,
}: SharedPageProps): void {
  const checks = new Checks(`SharedPage '${name}'`)
    .hostName('host', host)
    .dnsLabel('service', service)
    .that(
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(certificateArn),
      `'certificateArn' (${certificateArn}) must be the ARN of a certificate of AWS Certificate Manager`,
    )
    .that(groupOf(host).length <= 63, `'host' (${host}) must have at most 63 characters`);
  for (const path of [...Object.keys(paths), healthPath])
    checks.that(path.startsWith('/'), `a path (${path}) must begin with /`);
  const { secret: _, ...addresses } = signOn ?? { secret: '' };
  for (const [property, address] of Object.entries(addresses))
    checks.that(
      URL.parse(address)?.protocol === 'https:',
      `'signOn.${property}' (${address}) must be a URL of https`,
    );
  checks.done();
}
