import type { k8s } from 'cdk8s-plus-27';
import { BROKER_TLS_PATH } from './broker-flavors.ts';
import { type FileMount, mountsOf, resources, restrictedContainer } from './pod.ts';

/** Between two looks at the file, seconds; the kubelet itself writes a changed Secret within about a minute. */
const LOOK_SECONDS = 10;

/**
 * Sends SIGHUP to a process whose certificate has changed, once for each change, and never at the first look that finds
 * the process: one that has just begun may be ended by a signal that it does not listen to yet. It runs until it is ended.
 * @param processName As in /proc/PID/comm
 * @param directory Holds tls.crt
 */
export const reloadScript = (
  processName: string,
  directory: string = BROKER_TLS_PATH,
  lookSeconds = LOOK_SECONDS,
): string => `last= seen=
while sleep ${lookSeconds}; do
  now=$(cksum < ${directory}/tls.crt) || continue
  [ "$now" = "$last" ] && continue
  found=
  for process in /proc/[0-9]*; do
    name=
    read -r name 2>/dev/null < "$process/comm"
    [ "$name" = ${processName} ] || continue
    found="$found $process "
    case "$seen" in *" $process "*) ;; *) continue ;; esac
    kill -HUP "\${process#/proc/}" && last=$now && echo "told ${processName} of its certificate"
  done
  seen=$found
done
`;

/** A container beside a broker that reads a renewed certificate only on a signal: of the broker's own image. */
export const reloadContainer = (
  processName: string,
  image: string,
  mounts: readonly FileMount[],
): k8s.Container => ({
  name: 'reload',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['/bin/sh', '-c', reloadScript(processName)],
  resources: resources({ cpu: '5m', memory: '16Mi', ephemeralStorage: '8Mi' }),
  securityContext: restrictedContainer,
  volumeMounts: mountsOf(mounts),
});
