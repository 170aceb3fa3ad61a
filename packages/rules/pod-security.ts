import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type DesiredObject, type Fields, isFields, valueAt } from '../manifests/objects.ts';
import { listAt, podSpecOf } from '../manifests/references.ts';
import type { Rule } from './objects.ts';
import { containersIn } from './pods.ts';

type Level = 'privileged' | 'baseline' | 'restricted';

/**
 * Pods that Pod Security refuses in their namespace: the workload is accepted, its pods are not.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const podSecurity: Rule = (object, world) => {
  const spec = podSpecOf(object);
  const level = levelOf(object, world);
  if (spec === undefined || level === 'privileged') return [];
  const faults = [...baseline(spec), ...(level === 'restricted' ? restricted(spec) : [])];
  const home = world.named('Namespace', undefined, object.namespace);
  return faults.map((fault) => ({
    object,
    key: `pod security/${fault}`,
    why: `Pod Security (${level}) of Namespace ${object.namespace} refuses its pods: ${fault}`,
    about: home === undefined ? [] : [home],
  }));
};

/** What the namespace enforces. @default privileged */
export function levelOf({ namespace }: DesiredObject, world: ObjectIndex): Level {
  const label = ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'];
  const level = valueAt(world.named('Namespace', undefined, namespace)?.fields, label);
  return level === 'restricted' || level === 'baseline' ? level : 'privileged';
}

const CAPABILITIES = new Set(
  `AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
  SYS_CHROOT`.split(/\s+/),
);

/** What `baseline` forbids. */
export function baseline(spec: Fields): string[] {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  const paths = listAt(spec, ['volumes']).filter((volume) => valueAt(volume, ['hostPath']) !== undefined);
  return [
    ...shared,
    ...paths.map((volume) => `volume ${valueAt(volume, ['name'])} is a hostPath`),
    ...(seccompOf(spec.securityContext) === 'Unconfined' ? ['its pods have no seccomp profile'] : []),
    ...unsafeContext(spec.securityContext).map((what) => `its pods have ${what}`),
    ...containersIn(spec).flatMap(unsafe),
  ];
}

const SELINUX = ['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/** Settings of the kernel that reach no further than the pod. */
const SYSCTLS =
  /^(kernel\.shm_rmid_forced|net\.ipv4\.(ip_local_port_range|ip_unprivileged_port_start|tcp_syncookies|ping_group_range|ip_local_reserved_ports|tcp_keepalive_(time|intvl|probes)|tcp_fin_timeout|tcp_(r|w)mem))$/;

/** What a security context of a pod or a container must not say. */
function unsafeContext(context: unknown): string[] {
  const at = (...path: string[]): unknown => valueAt(context, path);
  const type = at('seLinuxOptions', 'type') ?? '';
  const isOther = ['user', 'role'].some((field) => (at('seLinuxOptions', field) ?? '') !== '');
  const sysctls = listAt(context, ['sysctls']).map((one) => String(valueAt(one, ['name'])));
  return [
    ...(at('appArmorProfile', 'type') === 'Unconfined' ? ['no AppArmor profile'] : []),
    ...(type === '' || SELINUX.includes(String(type)) ? [] : [`the SELinux type ${type}`]),
    ...(isOther ? ['a user or a role of SELinux'] : []),
    ...(at('windowsOptions', 'hostProcess') === true ? ['hostProcess'] : []),
    ...sysctls.filter((name) => !SYSCTLS.test(name)).map((name) => `the sysctl ${name}`),
  ];
}

function unsafe(container: Fields): string[] {
  const context = valueAt(container, ['securityContext']);
  const added = listAt(context, ['capabilities', 'add']).filter((one) => !CAPABILITIES.has(String(one)));
  const ports = listAt(container, ['ports']).filter((port) => Number(valueAt(port, ['hostPort']) ?? 0) > 0);
  const procMount = valueAt(context, ['procMount']) ?? 'Default';
  return [
    ...(valueAt(context, ['privileged']) === true ? [`container ${container.name} is privileged`] : []),
    ...added.map((one) => `container ${container.name} adds the capability ${one}`),
    ...ports.map((port) => `container ${container.name} has the hostPort ${valueAt(port, ['hostPort'])}`),
    ...(procMount === 'Default' ? [] : [`container ${container.name} has procMount ${procMount}`]),
    ...(seccompOf(context) === 'Unconfined' ? [`container ${container.name} has no seccomp profile`] : []),
    ...unsafeContext(context).map((what) => `container ${container.name} has ${what}`),
  ];
}

const seccompOf = (context: unknown): unknown => valueAt(context, ['seccompProfile', 'type']);

const VOLUMES = new Set(
  `configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret image`.split(' '),
);

/** What `restricted` asks beyond `baseline`. */
function restricted(spec: Fields): string[] {
  const volumes = listAt(spec, ['volumes']).flatMap((volume) => {
    const source = Object.keys(isFields(volume) ? volume : {}).find((key) => key !== 'name') ?? 'emptyDir';
    const known = VOLUMES.has(source) || source === 'hostPath';
    return known ? [] : [`volume ${valueAt(volume, ['name'])} is of type ${source}`];
  });
  return [...volumes, ...containersIn(spec).flatMap((container) => unrestricted(spec, container))];
}

function unrestricted(spec: Fields, container: Fields): string[] {
  const own = (field: string): unknown => valueAt(container, ['securityContext', field]);
  const either = (field: string): unknown => own(field) ?? valueAt(spec, ['securityContext', field]);
  const drops = listAt(container, ['securityContext', 'capabilities', 'drop']);
  const adds = listAt(container, ['securityContext', 'capabilities', 'add']);
  const seccomp = valueAt(either('seccompProfile'), ['type']);
  const faults: readonly (readonly [boolean, string])[] = [
    [own('allowPrivilegeEscalation') !== false, 'does not set allowPrivilegeEscalation: false'],
    [!drops.includes('ALL'), 'does not drop ALL capabilities'],
    [
      adds.some((one) => one !== 'NET_BIND_SERVICE' && CAPABILITIES.has(String(one))),
      `adds ${adds.join(', ')}`,
    ],
    [either('runAsNonRoot') !== true, 'does not set runAsNonRoot: true'],
    [either('runAsUser') === 0, 'runs as user 0'],
    [seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost', 'has no seccompProfile RuntimeDefault'],
  ];
  return faults.filter(([is]) => is).map(([, what]) => `container ${container.name} ${what}`);
}
