import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf } from './labels.ts';

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
    check(props);
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

function check({ name, host, service, certificateArn, paths, healthPath, signOn }: SharedPageProps): void {
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
