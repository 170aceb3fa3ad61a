import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { clusterLabels, wave } from './labels.ts';

export type PodSecurityLevel = 'restricted' | 'baseline' | 'privileged';

/** A namespace, and the Pod Security Standard that it enforces. */
export interface NamespaceProps {
  readonly name: string;
  /** The Kubernetes minor whose Pod Security Standards hold, for example 'v1.34'. */
  readonly podSecurityVersion: string;
  /** What pods in it may do. @default 'restricted' */
  readonly podSecurity?: PodSecurityLevel;
  /** Why it is not restricted: needed for any other level. */
  readonly because?: string;
}

/**
 * A namespace that enforces a Pod Security Standard, and warns and audits by the same one.
 * @throws {ChartError} with every fault of the props
 */
export class Namespace extends Construct {
  constructor(scope: Construct, id: string, props: NamespaceProps) {
    super(scope, id);
    check(props);
    const { name, podSecurity = 'restricted', podSecurityVersion, because } = props;
    const annotations = { ...wave('namespace'), ...(because && { 'sluice.dev/pod-security': because }) };
    new k8s.KubeNamespace(this, 'namespace', {
      metadata: {
        name,
        labels: { ...clusterLabels, ...podSecurityLabels(podSecurity, podSecurityVersion) },
        annotations,
      },
    });
  }
}

function podSecurityLabels(level: PodSecurityLevel, version: string): Record<string, string> {
  const modes = ['enforce', 'audit', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}`);
  return Object.fromEntries(
    modes.flatMap((mode) => [
      [mode, level],
      [`${mode}-version`, version],
    ]),
  );
}

function check({ name, podSecurity = 'restricted', podSecurityVersion, because }: NamespaceProps): void {
  new Checks(`Namespace '${name}'`)
    .dnsLabel('name', name)
    .that(
      /^v1\.\d+$/.test(podSecurityVersion),
      `'podSecurityVersion' (${podSecurityVersion}) must be a minor such as v1.34`,
    )
    .that(
      podSecurity === 'restricted' || Boolean(because),
      `'podSecurity' (${podSecurity}) needs 'because': the reason why it is not restricted`,
    )
    .done();
}
