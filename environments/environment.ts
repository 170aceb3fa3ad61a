import type { LogStoreKind } from '../packages/contracts/log-store.ts';
import type {
  ApiServerEndpoint,
  BrokerKind,
  GitRepository,
  SecondReceiver,
  SecretStore,
  SignOnProxy,
  TrafficRouter,
} from '../packages/contracts/platform.ts';
import type { Logs, RedisStore, Transactions } from './stores.ts';
import type { AddonName } from './versions.ts';

/** Everything in which one environment differs from another. A further environment is one object more. */
export interface Environment {
  /** Its name: the folder below dist/. */
  readonly name: string;
  /** What its Argo CD follows. */
  readonly repository: GitRepository;
  /** What it has installed beside the work; the order says nothing. */
  readonly addons: readonly AddonName[];
  /**
   * What defines custom resources in its cluster by other means than its addons: an addon that is installed by hand, or
   * `group/Kind` of what no addon defines. @default nothing: synth refuses objects that no addon defines
   */
  readonly definitions?: readonly (AddonName | `${string}/${string}`)[];
  /** Pods of an addon that can have several: 2 where a drain must not stop it. */
  readonly addonReplicas: 1 | 2;
  /** The class of every volume that names no other. @default the cluster's default class */
  readonly storageClassName?: string;
  /** How long Prometheus remembers, and on how much disk. */
  readonly monitoring: { readonly retention: string; readonly volume: string };
  /** Where a pull request reads what arrived lately, to replay it. @default nowhere: it replays the publisher's bursts */
  readonly recordedArrivals?: RecordedArrivals;
  /** Where log lines are kept: the stores, their agents and all that reads them follow from it. */
  readonly logs: Logs;
  /** Where error lines and archived logs go. @default nowhere: the log store alone has them */
  readonly logReports?: LogReports;
  /** The cloud under it. @default none */
  readonly aws?: AwsCluster;
  /** The broker that runs in it. */
  readonly broker: BrokerKind;
  /** TLS to the broker and its management, which all clients verify. @default none: clear text inside the cluster */
  readonly brokerTls?: BrokerTls;
  /** The broker's disk. */
  readonly brokerVolume: { readonly size: string; readonly storageClassName?: string };
  /** Volumes that pods of several nodes share. @default 'ReadWriteMany' of the cluster's own class */
  readonly sharedVolume?: {
    readonly storageClassName?: string;
    /** `ReadWriteOnce` where there is one node, whose pods share it too. */
    readonly accessMode?: 'ReadWriteMany' | 'ReadWriteOnce';
  };
  /** The Kubernetes minor that runs: from 1.37 on an HPA goes to 0, and a worker may choose one that does. */
  readonly kubernetes: string;
  /** The Kubernetes minor whose Pod Security Standards hold. */
  readonly podSecurityVersion: string;
  /** Where pods reach the API server: behind the Service, as a packet filter sees it. */
  readonly apiServer: readonly ApiServerEndpoint[];
  /** The addresses of nodes: Prometheus asks their kubelets and node exporters. */
  readonly nodes: string;
  /** Where passwords come from. */
  readonly secrets: SecretStore;
  /** How web pages are reached. */
  readonly web: WebEntrance;
  /** Who is notified of alerts. @default no one: they stand on Alertmanager's page alone */
  readonly alerting?: Alerting;
  /** A Redis for queues of BullMQ; workers of such queues are absent where there is none. @default none */
  readonly redis?: RedisStore;
  /** The services of transactions and their stores; they need the Redis. @default none */
  readonly transactions?: Transactions;
  /** TLS to Redis, MongoDB and the index, which all clients verify. @default none: clear text inside the cluster */
  readonly storeTls?: BrokerTls;
  /** How often its scaler reads each backlog. @default every 5 s, and every 0.5 s while nothing runs */
  readonly polls?: Partial<Polls>;
  /** What it wants otherwise of a workload, by its name; 'absent': it has none of it. @default nothing */
  readonly workloads?: WorkloadOverrides;
}

/** The record of what arrived at each queue, as the machine that comments on pull requests reaches it. */
export interface RecordedArrivals {
  /** Where the API of a Prometheus is, without /api: http:// or https://, a host, at most a port and a path. No login. */
  readonly prometheus: string;
  /** How many hours back. @default 24 */
  readonly hours?: number;
  /** The name of a counter with a label `queue`. @default what the exporter reads of the broker */
  readonly counter?: string;
}

/** Who is notified of alerts: a Discord channel, whose webhook is the property `alerts-discord` of `monitoring`. */
export interface Alerting {
  /** Where critical alerts go as well. @default nowhere */
  readonly second?: SecondReceiver;
  /** Team -> its namespaces, where it has a channel of its own: the property `alerts-discord-<team>`. @default none */
  readonly teams?: Readonly<Record<string, readonly string[]>>;
}

/** Authorities of the environment's own, made and kept by cert-manager: `npx sluice` and git hold none of their keys. */
export interface BrokerTls {
  /** The authority that issues the server's certificate; any name. */
  readonly authority: string;
  /** Others that clients trust: the next or the former one while the authority is replaced. @default none */
  readonly also?: readonly string[];
}

/**
 * What an environment may want otherwise of each workload, by its name: apps/workloads/index.ts says it of the
 * workloads that there are.
 */
// biome-ignore lint/suspicious/noEmptyInterface: whoever lists the workloads extends it; no import goes up
export interface WorkloadOverrides {}

/** Seconds between two readings of a backlog: while something runs, and while nothing does. */
export interface Polls {
  readonly pollSeconds: number;
  readonly idlePollSeconds: number;
}

/** The buckets of error lines, reports and archived logs, and who may use them. */
export interface LogReports {
  /** The log store that is read: one of those that the environment has. */
  readonly store: LogStoreKind;
  /** Raw windows, the archive and the marks of complete windows. */
  readonly rawBucket: string;
  readonly reportBucket: string;
  /** @default the region of the cloud under it */
  readonly region?: string;
  /**
   * A Service inside the cluster that speaks S3; its key pair are the properties `s3-access-key-id` and
   * `s3-secret-access-key` of the documents of `log-reports` and `log-archive`. @default AWS
   */
  readonly s3?: { readonly service: string; readonly namespace: string; readonly port: number };
  /**
   * With IRSA: the role of a ServiceAccount is this ARN with the account's name at its end.
   * @default EKS Pod Identity: the cloud associates a role with each of the two ServiceAccounts
   */
  readonly roleArnPrefix?: string;
  /** Who makes reports of raw windows: the run itself, or a function that S3 calls. @default 'cluster' */
  readonly preprocessor?: 'cluster' | 'lambda';
}

/** What the cloud calls its parts of the cluster. Addons have permissions by EKS Pod Identity, so no role is named. */
export interface AwsCluster {
  readonly region: string;
  readonly clusterName: string;
  /** The Name tag of its VPC. */
  readonly vpcName: string;
  /** The SQS queue that receives spot interruptions. */
  readonly interruptionQueue: string;
  /** The EFS file system of shared volumes. */
  readonly fileSystemId: string;
  /** The S3 bucket of logs. */
  readonly logBucket: string;
}

/** How the ingress controller is reached from outside the cluster. */
export type Entrance =
  /** A port of every node. */
  | { readonly kind: 'node-ports'; readonly http: number; readonly https: number }
  /** A load balancer that a controller of this class makes. */
  | { readonly kind: 'load-balancer'; readonly loadBalancerClass: string };

/** How requests from outside reach the ingress of a cluster. */
export interface WebEntrance {
  readonly entrance: Entrance;
  /** The class of the ingress controller. */
  readonly ingressClassName: string;
  /** Where the controller's pods run. */
  readonly controller: { readonly namespace: string; readonly name: string };
  /** Who may see the pages without a login of their own: Prometheus'. */
  readonly openPages: OpenPages;
  /** Who may see the board. @default as the other pages without a login */
  readonly board?: OpenPages;
  /** The host of each page, and of the web service. */
  readonly hosts: Hosts;
  /** One host for the board, Grafana and Argo CD, in place of theirs. @default each has its own, by the ingress controller */
  readonly sharedHost?: SharedHost;
  /** Who issues certificates. @default none: plain HTTP */
  readonly clusterIssuer?: string;
  /** Who splits the requests while a new version is tried. @default no router: it takes over pod by pod */
  readonly canary?: TrafficRouter;
  /** The Gateway of Istio that receives the requests: `namespace/name`. @default inside the mesh alone */
  readonly istioGateway?: string;
}

/** How a page without a login of its own is reached. */
export type OpenPages =
  /** No ingress: `kubectl port-forward` alone. */
  | { readonly kind: 'none' }
  /** Open to every client that reaches the controller; refused behind a load balancer. */
  | { readonly kind: 'without-login' }
  /** Open to the users of the Secret `page-users`; Traefik asks for the password. */
  | { readonly kind: 'basic-auth' }
  /** Open to users who sign on at an OpenID provider, through a proxy in the cluster. */
  | { readonly kind: 'oidc'; readonly proxy: SignOnProxy };

/** One host with a path for each page, behind an Application Load Balancer of AWS that ends TLS. */
export interface SharedHost {
  readonly host: string;
  /** The host's certificate in AWS Certificate Manager. */
  readonly certificateArn: string;
  /** Who reaches the load balancer: the network of the cloud, or everyone. */
  readonly scheme: 'internal' | 'internet-facing';
  /** Blocks of the subnets in which the load balancer stands: from there it reaches the pods. */
  readonly subnets: readonly string[];
  /** Where the load balancer has users of the board sign on; Grafana and Argo CD have logins of their own. */
  readonly signOn: OidcProvider;
}

/** An OpenID provider, by its addresses. */
export interface OidcProvider {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
}

/** The path of a page on a shared host, without a slash at its end; the board has the rest. */
export const SHARED_PATHS = { argocd: '/argocd', grafana: '/grafana' } as const;

/** The address of a page for browsers, without a slash at its end. */
export function pageUrl(
  { hosts, clusterIssuer, sharedHost }: Pick<WebEntrance, 'hosts' | 'clusterIssuer' | 'sharedHost'>,
  page: keyof typeof SHARED_PATHS,
): string {
  if (sharedHost !== undefined) return `https://${sharedHost.host}${SHARED_PATHS[page]}`;
  return `${clusterIssuer === undefined ? 'http' : 'https'}://${hosts[page]}`;
}

/** How the board is reached. */
export const boardPages = ({ board, openPages }: WebEntrance): OpenPages => board ?? openPages;

/** Services with a web page. */
export type Page = 'argocd' | 'board' | 'broker' | 'grafana' | 'jenkins' | 'prometheus';

export type Hosts = Readonly<Record<Page | 'api', string>>;

/** A host for each page, below one domain. */
export const pages = (domain: string): Hosts => ({
  api: `api.${domain}`,
  argocd: `argocd.${domain}`,
  board: `board.${domain}`,
  broker: `broker.${domain}`,
  grafana: `grafana.${domain}`,
  jenkins: `jenkins.${domain}`,
  prometheus: `prometheus.${domain}`,
});

/** How the Traefik of an environment is found: the class of its Ingresses, and where its pods run. */
export const traefik = {
  ingressClassName: 'traefik',
  controller: { namespace: 'traefik', name: 'traefik' },
} as const satisfies Partial<WebEntrance>;
