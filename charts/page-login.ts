import type { IMiddleware } from '@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { SignOnProxy } from '../packages/contracts/platform.ts';
import { type Identity, metadataOf } from './labels.ts';
import { wave } from './wave.ts';

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
    check(props);
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

function check({ name, login }: PageLoginProps): void {
  const checks = new Checks(`PageLogin '${name}'`);
  if (login.kind === 'basic-auth') checks.dnsLabel('login.secret', login.secret).done();
  else
    checks
      .dnsLabel('login.proxy.name', login.proxy.name)
      .dnsLabel('login.proxy.namespace', login.proxy.namespace)
      .wholeNumber('login.proxy.port', login.proxy.port, 1)
      .done();
}
