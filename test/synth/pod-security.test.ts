import { describe, expect, it } from 'vitest';
import { environments } from '../../environments/index.ts';
import { containersOf, ofKind, type Workload, workloads } from './dist.ts';
import type { Container, PodSpec } from './shapes.ts';

/** What Pod Security `restricted` asks of a pod, and what this system asks beyond it. */
const pod: Record<string, (spec: PodSpec) => boolean> = {
  'shares no namespace of the host': (spec) => !(spec.hostNetwork || spec.hostPID || spec.hostIPC),
  'runs as a user that is not root': ({ securityContext }) => securityContext.runAsNonRoot === true,
  'runs as uid and gid 10001': ({ securityContext: { runAsUser, runAsGroup, fsGroup } }) =>
    [runAsUser, runAsGroup, fsGroup].every((id) => id === 10_001),
  'is filtered by seccomp': ({ securityContext }) => securityContext.seccompProfile.type === 'RuntimeDefault',
  'mounts only the kinds of volume that are allowed': ({ volumes = [] }) =>
    volumes.every((volume) =>
      ['secret', 'configMap', 'emptyDir', 'persistentVolumeClaim', 'ephemeral'].some(
        (kind) => kind in volume,
      ),
    ),
  'asks for no sysctl': ({ securityContext }) => securityContext.sysctls === undefined,
  'is told no Service links': ({ enableServiceLinks }) => enableServiceLinks === false,
};

const container: Record<string, (container: Container) => boolean> = {
  'is not privileged': ({ securityContext }) => !securityContext.privileged,
  'cannot gain privileges': ({ securityContext }) => securityContext.allowPrivilegeEscalation === false,
  'drops every capability and adds none': ({ securityContext: { capabilities } }) =>
    capabilities.drop.includes('ALL') && capabilities.add === undefined,
  'cannot write its root file system': ({ securityContext }) =>
    securityContext.readOnlyRootFilesystem === true,
  'takes no port of the host': ({ ports = [] }) => ports.every(({ hostPort }) => hostPort === undefined),
};

describe.each(workloads)('a pod of $path', (workload: Workload) => {
  it.each(Object.keys(pod))('%s', (rule) => {
    expect(pod[rule]?.(workload.template.spec)).toBe(true);
  });

  it.each(Object.keys(container))('has containers of which each one %s', (rule) => {
    for (const each of containersOf(workload)) expect(container[rule]?.(each)).toBe(true);
  });

  it('gets a token of the API server only if it is the scaler or the collector', () => {
    const asks = ['collector', 'scaler'].includes(workload.object.metadata.name);
    expect(workload.template.spec.automountServiceAccountToken).toBe(asks);
  });
});

/** The namespaces of addons that reach into the host, or build images. */
const PRIVILEGED = ['jenkins', 'log-agents', 'monitoring'];

describe('a namespace', () => {
  it.each(ofKind('Namespace'))('$path states its Pod Security level in all three modes', ({ object }) => {
    const { labels = {}, annotations = {}, name } = object.metadata;
    const level = PRIVILEGED.includes(name) ? 'privileged' : 'restricted';
    for (const mode of ['enforce', 'audit', 'warn']) {
      expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe(level);
      expect(labels[`pod-security.kubernetes.io/${mode}-version`]).toMatch(/^v1\.\d+$/);
    }
    expect(annotations['sluice.dev/pod-security'] !== undefined).toBe(level !== 'restricted');
  });

  it('runs only the pods of an addon where it is not restricted', () => {
    for (const { object } of workloads) expect(PRIVILEGED).not.toContain(object.metadata.namespace);
  });
});

it.each(environments)(
  '$name enforces no Pod Security Standards that its Kubernetes does not know',
  (environment) => {
    const minor = (version: string): number => Number(version.split('.')[1]);
    expect(environment.kubernetes).toMatch(/^1\.\d+$/);
    expect(minor(environment.podSecurityVersion)).toBeLessThanOrEqual(minor(environment.kubernetes));
  },
);
