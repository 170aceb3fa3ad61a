import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { containersOf, objectsIn, type Workload } from './dist.ts';
import type { EnvVar, Volume } from './shapes.ts';

/** Stands where a password would be. */
export const SUBSTITUTE = 'substitute';

/**
 * The environment that a workload's first container gets, with its files on this machine: ConfigMaps as
 * rendered, a substitute for each expected key of a Secret, and paths led to them, also those in files.
 */
export function environmentOf(workload: Workload, secretKeys: (name: string) => readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), 'sluice-pod-'));
  const [container] = containersOf(workload);
  const mounts = container?.volumeMounts ?? [];
  const onDisk = (value: string): string =>
    mounts.some(({ mountPath }) => `${value}/`.startsWith(`${mountPath}/`)) ? join(root, value) : value;
  const pathsLed = (text: string): string =>
    text.replaceAll(/"(\/[^"]+)"/g, (_, path: string) => JSON.stringify(onDisk(path)));
  for (const { name, mountPath } of mounts) {
    const volume = workload.template.spec.volumes?.find((each) => each.name === name);
    mkdirSync(join(root, mountPath), { recursive: true });
    for (const [file, text] of Object.entries(contentOf(workload, volume, secretKeys)))
      writeFileSync(join(root, mountPath, file), pathsLed(text));
  }
  return Object.fromEntries(
    (container?.env ?? []).map((each) => [each.name, onDisk(toldValue(each, workload))]),
  );
}

function contentOf(
  workload: Workload,
  volume: Volume | undefined,
  secretKeys: (name: string) => readonly string[],
) {
  const { environment, object } = workload;
  if (volume?.secret)
    return Object.fromEntries(secretKeys(volume.secret.secretName).map((key) => [key, SUBSTITUTE]));
  const map = objectsIn(environment, 'ConfigMap').find(
    ({ metadata }) =>
      metadata.namespace === object.metadata.namespace && metadata.name === volume?.configMap?.name,
  );
  return map?.data ?? authoritiesOf(environment, volume?.configMap?.name);
}

/** What trust-manager would write: any authority. */
function authoritiesOf(environment: string, name: string | undefined): Record<string, string> {
  const bundle = objectsIn(environment, 'Bundle').find(({ metadata }) => metadata.name === name);
  return bundle ? { [bundle.spec.target.configMap.key]: rootCertificates[0] ?? '' } : {};
}

/** What the kubelet would say of the pod: the object's own name where a pod's would be derived from it. */
function toldValue({ value, valueFrom }: EnvVar, { object, template }: Workload): string {
  if (value !== undefined) return value;
  if (valueFrom?.secretKeyRef) return SUBSTITUTE;
  const labels = {
    'batch.kubernetes.io/job-name': `${object.metadata.name}-29012345`,
    ...template.metadata.labels,
  };
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': `${object.metadata.name}-abcde`,
    'metadata.namespace': object.metadata.namespace,
    ...Object.fromEntries(Object.entries(labels).map(([key, label]) => [`metadata.labels['${key}']`, label])),
  };
  const field = fields[valueFrom?.fieldRef?.fieldPath ?? ''];
  if (field === undefined) throw new Error(`no pod has the field ${JSON.stringify(valueFrom)}`);
  return field;
}
