/** What the scanners may hold against dist, and why it stays as it is. A waiver that covers nothing fails the test. */
import type { Waiver } from './findings.ts';

const everyPodMaker = /^(Deployment|StatefulSet|Job|CronJob)\//;

const noCpuLimit =
  'A CPU limit throttles work on a node that has time to spare, and so makes the backlog last. CPU is requested, which divides a busy node fairly; memory and local disk are limited.';

const onePod =
  'Two exporters would expose every series twice, and a sum over them would be doubled: it is one pod, and the old one goes before the new one comes.';

const oneRound =
  "A round counts what the store has not written: two gates would count each other's lines. Agents keep theirs until it is back.";

const spread =
  'topologySpreadConstraints spread its replicas over nodes and zones; the check counts only podAntiAffinity.';

export const waivers: readonly Waiver[] = [
  { scanner: 'kube-score', check: 'container-resources', objects: everyPodMaker, reason: noCpuLimit },
  { scanner: 'trivy', check: 'AVD-KSV-0011', objects: everyPodMaker, reason: noCpuLimit },
  {
    scanner: 'kube-score',
    check: 'container-image-pull-policy',
    objects: everyPodMaker,
    reason:
      'A tag is never given to a second image, so what a node has is what a registry would send; a pod starts although the registry is away.',
  },
  {
    scanner: 'kube-score',
    check: 'ingress-targets-service',
    objects: /^Ingress\/monitoring\/(grafana|prometheus)$/,
    reason: 'The Service comes with the monitoring addon, which is installed from its own chart.',
  },
  {
    scanner: 'kube-score',
    check: 'networkpolicy-targets-pod',
    objects:
      /^NetworkPolicy\/((argo-rollouts|argocd|cert-manager|elastic-system|elasticsearch|external-secrets|jenkins|log-agents|loki|monitoring|traefik|victoria-logs)\/[\w-]+|(api|board|broker)\/acme-solver)$/,
    reason:
      "Its pods are a chart's or an operator's, or cert-manager's for as long as a challenge lasts: dist/ holds what they are made from.",
  },
  {
    scanner: 'kubeconform',
    check: 'statusError',
    objects: /^(Elasticsearch|Kibana)\/elasticsearch\/logs$/,
    reason:
      "The operator's definitions have its vendor's licence and are not fetched, so that there is no schema: tests of the chart hold the keys.",
  },
  {
    scanner: 'kube-score',
    check: 'deployment-replicas',
    objects: /^Deployment\/consumer\/consumer$/,
    reason:
      'Its count belongs to the scaler, down to none where the queue is empty; the manifest states none.',
  },
  ...['deployment-replicas', 'deployment-strategy'].map((check) => ({
    scanner: 'kube-score' as const,
    check,
    objects: /^Deployment\/exporter\/exporter$/,
    reason: onePod,
  })),
  ...['deployment-replicas', 'deployment-strategy'].map((check) => ({
    scanner: 'kube-score' as const,
    check,
    objects: /^Deployment\/log-gate\/log-gate$/,
    reason: oneRound,
  })),
  {
    scanner: 'kube-score',
    check: 'horizontalpodautoscaler-replicas',
    objects: /^HorizontalPodAutoscaler\/(api\/api|board\/board)$/,
    reason:
      'An idle service costs one pod. Where the seconds in which a drain replaces it are too many, its minReplicas is to be 2.',
  },
  {
    scanner: 'kube-score',
    check: 'deployment-has-host-podantiaffinity',
    objects: /^Deployment\/(api\/api|board\/board|consumer\/consumer|scaler\/scaler)$/,
    reason: spread,
  },
  {
    scanner: 'kube-score',
    check: 'deployment-has-poddisruptionbudget',
    objects: /^Deployment\/board\/board$/,
    reason: 'Where one pod is its minimum a budget would hold up every drain; with two it has one.',
  },
  {
    scanner: 'kube-score',
    check: 'pod-probes-identical',
    objects: /^StatefulSet\/broker\/broker$/,
    reason:
      'Both ask the process itself, and differ in patience: a broker that answers nothing for 30 s is taken out of its Service, and after 3 minutes started anew.',
  },
  {
    scanner: 'trivy',
    check: 'AVD-KSV-0125',
    objects: everyPodMaker,
    reason: 'The check trusts a fixed list of registries that does not hold the one of this project.',
  },
  {
    scanner: 'trivy',
    check: 'AVD-KSV-01010',
    objects: /^ConfigMap\/broker\/broker$/,
    reason: "It names the file of the broker's key, `tls_key`, which a Secret mounts; it holds no key.",
  },
];
