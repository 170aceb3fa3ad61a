import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { type Addon, type Resources, resources, type Switch, watched } from './addon.ts';

interface Values {
  readonly controller: {
    readonly admin: { readonly createSecret: boolean; readonly existingSecret: string };
    readonly resources: Resources;
    readonly installLatestPlugins: boolean;
    readonly testEnabled: boolean;
    readonly ingress: Ingress;
    readonly prometheus: Switch;
    readonly additionalPlugins: readonly string[];
  };
  readonly agent: {
    readonly resources: Resources;
    readonly podTemplates: { readonly buildkit: string };
  };
  readonly persistence: { readonly storageClass?: string; readonly size: string };
}

interface Ingress extends Switch {
  readonly ingressClassName: string;
  readonly hostName: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly tls: readonly { readonly secretName: string; readonly hosts: readonly string[] }[];
}

/** The Secret with Jenkins' administrator. */
const JENKINS_ADMIN = 'jenkins-admin';

/** Builds inside the cluster: images by rootless BuildKit, without a daemon and without root. */
export const jenkins: Addon<Values> = {
  name: 'jenkins',
  namespace: {
    name: 'jenkins',
    podSecurity: 'privileged',
    because: 'Rootless BuildKit makes user namespaces, which the default seccomp profile forbids.',
  },
  stage: 'platform',
  confirmPrune: true,
  secrets: [
    {
      secretName: JENKINS_ADMIN,
      keys: { 'jenkins-admin-user': 'jenkins-user', 'jenkins-admin-password': 'jenkins' },
    },
  ],
  values: (environment) => ({
    controller: {
      admin: { createSecret: true, existingSecret: JENKINS_ADMIN },
      resources: resources('250m', '2Gi'),
      // What runs is what the chart pins.
      installLatestPlugins: false,
      testEnabled: false,
      ingress: ingress(environment),
      prometheus: watched(environment),
      additionalPlugins: watched(environment).enabled ? [PROMETHEUS_PLUGIN] : [],
    },
    agent: { resources: resources('500m', '1Gi'), podTemplates: { buildkit: BUILDKIT } },
    persistence: {
      ...(environment.storageClassName !== undefined && { storageClass: environment.storageClassName }),
      size: '20Gi',
    },
  }),
};

const PROMETHEUS_PLUGIN = 'prometheus:849.v1cd60b_a_8dc36';

/** A pod template of the Kubernetes plugin, as its configuration takes it: YAML in a string. */
const BUILDKIT = `- name: buildkit
  label: buildkit
  serviceAccount: default
  containers:
    - name: buildkit
      image: ${images.buildkit}
      command: sleep
      args: infinity
      resourceRequestCpu: 500m
      resourceRequestMemory: 1Gi
      resourceLimitMemory: 2Gi
  yaml: |-
    spec:
      automountServiceAccountToken: false
      containers:
        - name: buildkit
          securityContext:
            runAsUser: 1000
            runAsGroup: 1000
            seccompProfile:
              type: Unconfined
            appArmorProfile:
              type: Unconfined
`;

function ingress({ web: { ingressClassName, hosts, clusterIssuer } }: Environment): Ingress {
  const tls = [{ secretName: 'jenkins-tls', hosts: [hosts.jenkins] }];
  return {
    ...{ enabled: true, ingressClassName, hostName: hosts.jenkins },
    annotations: clusterIssuer === undefined ? {} : { 'cert-manager.io/cluster-issuer': clusterIssuer },
    tls: clusterIssuer === undefined ? [] : tls,
  };
}
