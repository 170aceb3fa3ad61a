/** What environments, charts and delivery say of a cluster in the same words: plain data. */

/** The brokers that this repository knows how to run. */
export type BrokerKind = 'lavinmq' | 'rabbitmq';

/** Who splits the requests between two versions. */
export type TrafficRouter = 'istio' | 'traefik';

/** An address the API server answers on, as it is after the Service's translation or before it. */
export interface ApiServerEndpoint {
  readonly cidr: string;
  readonly port: number;
}

/** A proxy such as oauth2-proxy, inside the cluster. */
export interface SignOnProxy {
  /** Its Service and its pods' `app.kubernetes.io/name`. */
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** Where it says who a request is from. @default '/oauth2/auth' */
  readonly path?: string;
}

/** Who takes the role of a namespace, and so who says which documents it may read. */
export interface StoreRoles {
  /**
   * `service-account`: the namespace's own, by IRSA; the role trusts that account alone and External Secrets itself
   * holds no permission. `controller`: External Secrets, by EKS Pod Identity; its role may take each of these.
   */
  readonly assumedBy: 'service-account' | 'controller';
  /** The role of a namespace is this ARN with the namespace's name at its end. */
  readonly arnPrefix: string;
}

/** Where the values of a Secret come from. They are never in git, and never in a rendered manifest. */
export type SecretStore =
  /** Made once in the cluster before the first sync; nothing is rendered. */
  | { readonly kind: 'pre-made' }
  /** Fetched by External Secrets from a secret manager, which has one JSON document for each namespace. */
  | {
      readonly kind: 'external';
      /** A namespace's document is this path with its name below it: `sluice/production/consumer`. */
      readonly documents: string;
      readonly roles: StoreRoles;
    };

/** A git repository, and the revision of it that a cluster follows. */
export interface GitRepository {
  /** For example 'https://github.com/owner/name.git'. */
  readonly repoURL: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** A Helm chart, pinned. */
export interface HelmChart {
  /** A Helm repository ('https://...'), or an OCI registry with its path and without a scheme. */
  readonly repoURL: string;
  readonly chart: string;
  /** One version, never a range. */
  readonly version: string;
}

/** Where alerts go besides the Discord channel. Passwords and addresses are in the secret document of `monitoring`. */
export type SecondReceiver =
  /** A channel; the property `alerts-slack` is its webhook. */
  | { readonly kind: 'slack'; readonly channel: string }
  /** Mail; the property `alerts-smtp-password` is the sender's. */
  | {
      readonly kind: 'email';
      readonly to: string;
      readonly from: string;
      /** `host:port`; it must offer STARTTLS. */
      readonly smarthost: string;
      readonly username: string;
    }
  /** Alertmanager's own JSON; the property `alerts-webhook` is the address. */
  | { readonly kind: 'webhook' };
