import { type AdapterRule, baseOf, type HpaBehavior, type Policy, type SchedulePolicy } from '@sluice/policy';
import type { Construct } from 'constructs';
import type { Stage } from '../argocd/settings.ts';
import type { OwnedFields } from '../argocd/source.ts';
import type { CounterRateProps } from '../charts/autoscaler.ts';
import type { Identity } from '../charts/labels.ts';
import type { Peer } from '../charts/network-policy.ts';
import type { EnvValue } from '../charts/pod.ts';
import type { BrokerAccess, WorkQueue } from '../charts/queue-topology.ts';
import type { Scaled } from '../charts/scaling.ts';
import type { Environment } from '../environments/environment.ts';
import type { StoreAccess } from './platform/stores.ts';

/** An app-of-apps, in the order of their waves. */
export const PARENTS = ['addons', 'infra-workloads', 'workloads'] as const;
export type Parent = (typeof PARENTS)[number];

/** A folder below dist/<environment>/, and what is in it. */
export interface Folder {
  readonly name: string;
  readonly build: (scope: Construct, environment: Environment, system: System) => void;
}

/** What is delivered and rolled back together. */
export interface Application extends Folder {
  /** Which app-of-apps it belongs to: what comes with addons, what others stand on, or the work itself. */
  readonly parent: Parent;
  /** Its namespace, and the only one it creates. An application without one names that of the workload it serves. */
  readonly namespace: string;
  /** When, among its siblings. @default 'platform' */
  readonly stage?: Stage;
  /** What it needs of others and offers to them. @default nothing */
  readonly contribute?: (environment: Environment) => Contribution;
  /** What controllers write in its objects. @default nothing */
  readonly ownedFields?: (environment: Environment) => readonly OwnedFields[];
}

/** Client, server and port of a connection. One line is a rule at both ends, so they cannot disagree. */
export interface Connection {
  readonly from: Identity | Peer;
  readonly to: Identity | Peer;
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
}

/** A Secret that a workload expects: key -> property of its namespace's document. */
export interface ExpectedSecret {
  readonly owner: Identity;
  readonly secretName: string;
  readonly keys: Readonly<Record<string, string>>;
  /** Its values come from elsewhere and cannot be made up. @default false */
  readonly given?: boolean;
}

/** A workload's account at the broker, for its variables. */
export interface BrokerAccount {
  /** The broker and its virtual host, without credentials: `amqp://host:5672/%2f`. */
  readonly amqpUrl: string;
  /** The workload's user there. */
  readonly username: string;
  /** The file that holds the user's password; it changes when the password is rotated. */
  readonly passwordFile: string;
  /** The file (PEM) of the authorities that verify an `amqps` broker; it changes with them. @default clear text */
  readonly caFile?: string | undefined;
}

/** What a worker's variables may say about the broker. */
export interface WorkerPlatform extends BrokerAccount {
  /** The queue that it takes from. */
  readonly queue: string;
}

/** What runs on one machine in place of a worker's image. */
export type LocalProgram =
  /** A service of this repository, by its folder. */
  | { readonly service: string }
  /** Any program; a path with a `/` in it begins at the root of the repository. */
  | {
      readonly command: readonly [program: string, ...args: string[]];
      /** Variables that differ from those of its container. @default none */
      readonly environment?: Readonly<Record<string, string>>;
    };

/** How a queue worker works, for the commands that run it on one machine, simulate it or compare it. */
export interface QueueWork {
  /** The worker; its user of the broker has the same name. */
  readonly name: string;
  /** The queue that it takes from. */
  readonly queue: string;
  /** Its name in the scaler's file and in metrics. */
  readonly scaled: string;
  readonly policy: Policy;
  /** Seconds that a job takes on average. */
  readonly meanJobSeconds: number;
  /** Seconds the process gives the jobs in flight after SIGTERM. */
  readonly stopDeadlineSeconds: number;
  /** The environment variables of its container. */
  readonly environment: (platform: WorkerPlatform) => Readonly<Record<string, EnvValue>>;
  /** What runs on one machine. @default none: it runs in a cluster alone */
  readonly local?: LocalProgram;
}

/** How a web service follows its requests, for the simulation. */
export interface ServiceWork {
  readonly name: string;
  /** Pods at least; a schedule moves it. */
  readonly minReplicas: number | SchedulePolicy;
  readonly maxReplicas: number;
  readonly behavior: HpaBehavior;
  /** Seconds between two scrapes of its metrics. */
  readonly scrapeSeconds: number;
  /** The counter that it follows, and what one pod is meant to take of it. @default it follows no counter */
  readonly requests?: Pick<CounterRateProps, 'series' | 'perReplica' | 'windowSeconds'>;
}

/** Jobs that come to a queue again and again. */
export interface Arrivals {
  readonly queue: string;
  /** Jobs of one run. */
  readonly jobs: number;
  /** Seconds between the starts of two runs. */
  readonly everySeconds: number;
}

/**
 * What an application needs of others and offers to them, as data. Who serves is built from the sum of what all
 * applications of an environment contribute, and knows none of them by name.
 */
export interface Contribution {
  /** Connections of its pods; each is named once, by the client or by the target of a scrape. */
  readonly connections?: readonly Connection[];
  /** Secrets that its pods mount. */
  readonly secrets?: readonly ExpectedSecret[];
  /** Work queues that it brings. */
  readonly queues?: readonly WorkQueue[];
  /** Users of the broker, with what each does there. */
  readonly brokerUsers?: readonly BrokerAccess[];
  /** Users of Redis, MongoDB and Elasticsearch, with what each does there. */
  readonly storeUsers?: readonly StoreAccess[];
  /** What is scaled, each with the owner of its replica count: the own scaler, an HPA or KEDA. */
  readonly scaled?: readonly Scaled[];
  /** How prometheus-adapter makes the metrics that its HPAs follow. */
  readonly adapterRules?: readonly AdapterRule[];
  /** How its workers work. */
  readonly work?: readonly QueueWork[];
  /** How its web services follow their requests. */
  readonly services?: readonly ServiceWork[];
  /** What it publishes, as far as that is known beforehand. */
  readonly arrivals?: readonly Arrivals[];
}

/** The sum of all contributions of an environment. */
export type System = { readonly [Key in keyof Contribution]-?: NonNullable<Contribution[Key]> };

/** The highest count that a policy can ask for. */
export const maxReplicas = (policy: Policy): number => baseOf(policy).maxReplicas;
