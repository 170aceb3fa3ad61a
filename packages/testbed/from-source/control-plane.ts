/** The command lines of the control plane. @see https://kubernetes.io/docs/reference/command-line-tools-reference/ */
import { join } from 'node:path';
import { addresses, type ClusterPaths } from './cluster-paths.ts';
import { writeKubeconfig } from './pki.ts';
import type { Daemon } from './processes.ts';

const flags = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

const etcdUrl = 'http://127.0.0.1:2379';

/** How etcd is run. */
export function etcdDaemon(at: ClusterPaths, bin: string): Daemon {
  const options = flags({
    'data-dir': join(at.state, 'etcd'),
    'listen-client-urls': etcdUrl,
    'advertise-client-urls': etcdUrl,
    'listen-peer-urls': 'http://127.0.0.1:2380',
    'log-level': 'warn',
  });
  // A test cluster outlives no power cut: fsync would only make it slow.
  return { name: 'etcd', command: [join(bin, 'etcd'), ...options, '--unsafe-no-fsync'] };
}

/** Aggregated APIs (metrics-server, prometheus-adapter, KEDA) need the front proxy's flags. */
const frontProxy = (file: (name: string) => string) => ({
  'requestheader-client-ca-file': file('ca.crt'),
  'requestheader-allowed-names': 'front-proxy-client',
  'requestheader-username-headers': 'X-Remote-User',
  'requestheader-group-headers': 'X-Remote-Group',
  'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
  'proxy-client-cert-file': file('front-proxy.crt'),
  'proxy-client-key-file': file('front-proxy.key'),
  'enable-aggregator-routing': 'true',
});

const serviceAccounts = (file: (name: string) => string) => ({
  'service-account-key-file': file('sa.pub'),
  'service-account-signing-key-file': file('sa.key'),
  'service-account-issuer': 'https://kubernetes.default.svc',
});

/** How the API server is run. */
export function apiServerDaemon(at: ClusterPaths, bin: string): Daemon {
  const file = (name: string) => join(at.pki, name);
  const options = flags({
    'etcd-servers': etcdUrl,
    'advertise-address': addresses.node,
    'secure-port': String(addresses.apiPort),
    'tls-cert-file': file('apiserver.crt'),
    'tls-private-key-file': file('apiserver.key'),
    'client-ca-file': file('ca.crt'),
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': 'true',
    'service-cluster-ip-range': addresses.services,
    'kubelet-client-certificate': file('kubelet-client.crt'),
    'kubelet-client-key': file('kubelet-client.key'),
    'kubelet-preferred-address-types': 'InternalIP',
    'kubelet-certificate-authority': file('ca.crt'),
    ...serviceAccounts(file),
    ...frontProxy(file),
  });
  return { name: 'kube-apiserver', command: [join(bin, 'kube-apiserver'), ...options] };
}

function asClient(at: ClusterPaths, user: string): Record<string, string> {
  const kubeconfig = writeKubeconfig(at, user, join(at.pki, `${user}.kubeconfig`), addresses.apiPort);
  return {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'leader-elect': 'false',
  };
}

/** How the controller manager is run. */
export function controllerManagerDaemon(at: ClusterPaths, bin: string): Daemon {
  const file = (name: string) => join(at.pki, name);
  const options = flags({
    ...asClient(at, 'controller-manager'),
    'service-account-private-key-file': file('sa.key'),
    'root-ca-file': file('ca.crt'),
    'cluster-signing-cert-file': file('ca.crt'),
    'cluster-signing-key-file': file('ca.key'),
    'use-service-account-credentials': 'true',
    'allocate-node-cidrs': 'true',
    'cluster-cidr': addresses.pods,
    'service-cluster-ip-range': addresses.services,
    // A third of production's 15 s: tests wait for the autoscaler's next look.
    'horizontal-pod-autoscaler-sync-period': '5s',
  });
  return { name: 'kube-controller-manager', command: [join(bin, 'kube-controller-manager'), ...options] };
}

/** How the scheduler is run. */
export function schedulerDaemon(at: ClusterPaths, bin: string): Daemon {
  const options = flags(asClient(at, 'scheduler'));
  return { name: 'kube-scheduler', command: [join(bin, 'kube-scheduler'), ...options] };
}
