import type { Stage } from '../../argocd/settings.ts';
import type { OwnedFields } from '../../argocd/source.ts';
import type { PodSecurityLevel } from '../../charts/namespace.ts';
import type { Environment } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import type { System } from '../application.ts';

/** Values that many charts spell alike. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
}

/** CPU is requested and not limited: what a node has to spare is used. */
export const resources = (cpu: string, memory: string): Resources => ({
  requests: { cpu, memory },
  limits: { memory },
});

/** A part of a chart that is on or off, as most charts' values say it. */
export interface Switch {
  readonly enabled: boolean;
}

/** A part of a chart that is not wanted. */
export const OFF: Switch = { enabled: false };

/** A metrics page that Prometheus finds by a ServiceMonitor. */
export interface Metrics extends Switch {
  readonly serviceMonitor: Switch;
}

/** A ServiceMonitor is a kind that the server knows only where Prometheus Operator's definitions are. */
export const watched = ({ addons }: Environment): Switch => ({
  enabled: addons.includes('prometheus-operator-crds'),
});

/** A metrics page, scraped where the environment has a Prometheus. */
export const metrics = (environment: Environment): Metrics => {
  const { enabled } = watched(environment);
  return { enabled, serviceMonitor: { enabled } };
};

/** A drain takes one pod of two; of a single one it takes that, and no budget holds it up. */
export const budget = ({ addonReplicas }: Environment): Switch & { readonly maxUnavailable: number } => ({
  ...{ enabled: addonReplicas > 1, maxUnavailable: 1 },
});

/** The same for charts that only count what must stay. */
export const budgetByMinimum = ({ addonReplicas }: Environment) => ({
  ...{ enabled: addonReplicas > 1, minAvailable: 1 },
});

/** What `restricted` asks of a pod, for charts that leave it out. */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** An image as charts take it apart. */
export interface ChartImage {
  readonly repository: string;
  readonly tag: string;
  /** The chart pulls by the digest where it is set. */
  readonly digest?: string;
}

/** `docker.io/otel/collector:0.160.0@sha256:...`, in its parts. */
export function chartImage(image: string): ChartImage {
  const [tagged = '', digest] = image.split('@');
  const [repository = '', tag = ''] = tagged.split(':');
  return { repository, tag, ...(digest !== undefined && { digest }) };
}

/** Something that others build, installed from its Helm chart with our values. */
export interface Addon<Values extends object = object> {
  /** Its Application, its Helm release, and its chart in versions.ts. */
  readonly name: AddonName;
  readonly namespace: AddonNamespace;
  readonly stage: Stage;
  /** Exactly the values that are set: the type of each addon knows no others. */
  readonly values: (environment: Environment, system: System) => Values;
  /** Custom resources that it defines: `group/Kind`, or the group where all of its kinds are. @default none */
  readonly defines?: readonly string[];
  /** Its definitions are another addon's. @default false */
  readonly skipCrds?: boolean;
  /** What controllers write in its objects. @default nothing */
  readonly ownedFields?: readonly OwnedFields[];
  /** Addons it cannot do without. @default none */
  readonly needs?: readonly AddonName[];
  /** Secrets it cannot start without. @default none */
  readonly secrets?: readonly AddonSecret[];
  /** It speaks with AWS: the environment must have `aws`. @default false */
  readonly onAws?: boolean;
  /** It holds data, or definitions that take no annotation: nothing of it goes unasked. @default false */
  readonly confirmPrune?: boolean;
}

/** A Secret that an addon expects in its namespace: key -> property of that namespace's document. */
export interface AddonSecret {
  readonly secretName: string;
  readonly keys: Readonly<Record<string, string>>;
  /** Its values come from elsewhere and cannot be made up. @default false */
  readonly given?: boolean;
  /** Labels of the Secret itself. @default none */
  readonly secretLabels?: Readonly<Record<string, string>>;
  /** The addon makes the Secret; only these keys are set. @default false */
  readonly intoExisting?: boolean;
}

/** A namespace for an addon; kube-system is there already. */
export type AddonNamespace =
  | { readonly name: 'kube-system' }
  | { readonly name: string; readonly podSecurity?: 'restricted' }
  | {
      readonly name: string;
      readonly podSecurity: Exclude<PodSecurityLevel, 'restricted'>;
      /** Why its pods may do more. */
      readonly because: string;
    };
