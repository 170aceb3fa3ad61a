/** What checkov finds in dist, and why it stays as it is. A waiver that covers nothing fails the test. */
import type { Waiver } from './findings.ts';

const everyPodMaker = /^(Deployment|StatefulSet|Job|CronJob)\//;

export const checkovWaivers: readonly Waiver[] = [
  {
    ...{ scanner: 'checkov', check: 'CKV_K8S_11', objects: everyPodMaker },
    reason:
      'A CPU limit throttles work on a node that has time to spare. CPU is requested, which divides a busy node fairly; memory and local disk are limited.',
  },
  {
    ...{ scanner: 'checkov', check: 'CKV_K8S_15', objects: everyPodMaker },
    reason:
      'A tag is never given to a second image, so what a node has is what a registry would send; a pod starts although the registry is away.',
  },
  {
    ...{ scanner: 'checkov', check: 'CKV_K8S_43', objects: everyPodMaker },
    reason:
      'CI writes the digest of an image when it has pushed it, or asked the registry for it: test/synth/unpinned.ts names each image that has none yet, and why.',
  },
  {
    ...{ scanner: 'checkov', check: 'CKV_K8S_35', objects: /^StatefulSet\/broker\/broker$/ },
    reason:
      "The broker takes its first administrator's password, LavinMQ only its hash, from its environment and from no file.",
  },
  {
    ...{
      scanner: 'checkov',
      check: 'CKV_K8S_38',
      objects: /^(Deployment\/scaler\/scaler|CronJob\/board\/collector)$/,
    },
    reason:
      'The scaler and the collector ask the API server, within what test/synth/golden/permissions.md lists.',
  },
  {
    ...{ scanner: 'checkov', check: 'CKV_K8S_8', objects: /^StatefulSet\/broker\/broker$/ },
    reason:
      'The broker has both probes. The container beside it serves nothing: it compares a file, sends SIGHUP to the broker where the certificate is new, and is started again where its loop ends.',
  },
  {
    ...{ scanner: 'checkov', check: 'CKV_K8S_9', objects: /^StatefulSet\/broker\/broker$/ },
    reason:
      'The broker has both probes. The container beside it serves nothing: it compares a file, sends SIGHUP to the broker where the certificate is new, and is started again where its loop ends.',
  },
];
