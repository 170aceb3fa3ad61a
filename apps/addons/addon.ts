import type { Stage } from '../../argocd/names.ts';
import type { OwnedFields } from '../../argocd/owned-fields.ts';
import type { PodSecurityLevel } from '../../charts/namespace.ts';
import type { Environment } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import type { System } from '../application.ts';

/** Something that others build, installed from its Helm chart with our values. */
export interface Addon<Values extends object = object> {
  /** Its Application, its Helm release, and its chart in versions.ts. */
  readonly name: AddonName;
  readonly namespace: AddonNamespace;
  readonly stage: Stage;
  /** Exactly the values that are set: the type of each addon knows no others. */
  readonly values: (environment: Environment, system: System) => Values;
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
