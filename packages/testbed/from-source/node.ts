/** The one real node: containerd, kubelet and kube-proxy, with their files. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../lib/run.ts';
import { addresses, type ClusterPaths, nodeName } from './cluster-paths.ts';
import { writeKubeconfig } from './pki.ts';
import type { Daemon } from './processes.ts';

const bridge = 'bed0';

/** The cluster's own network: hermetic (no way out), and no port can clash with the machine's. */
export async function createNetwork(at: ClusterPaths): Promise<void> {
  await run(['ip', 'netns', 'add', basename(at.namespace)]);
  const within = ['nsenter', `--net=${at.namespace}`];
  const batch = [
    'link set lo up',
    // The node's address needs a device; a bridge without ports is one that every kernel has.
    `link add ${bridge} type bridge`,
    `addr add ${addresses.node}/24 dev ${bridge}`,
    `link set ${bridge} up`,
    `route add default dev ${bridge}`,
  ];
  await run([...within, 'ip', '-batch', '-'], { input: `${batch.join('\n')}\n` });
  await run([...within, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
}

/** Deletes the namespace; the kernel deletes the interfaces in it. */
export async function removeNetwork(at: ClusterPaths): Promise<void> {
  if (existsSync(at.namespace)) await run(['ip', 'netns', 'delete', basename(at.namespace)]);
}

/** @returns names of the interfaces in the namespace, none where it is gone */
export async function interfaces(at: ClusterPaths): Promise<string[]> {
  if (!existsSync(at.namespace)) return [];
  const { stdout } = await run(['nsenter', `--net=${at.namespace}`, 'ip', '-json', 'link'], { check: false });
  const links = JSON.parse(stdout || '[]') as { ifname: string }[];
  return links.map(({ ifname }) => ifname);
}

/** The image of the container that holds a pod's namespaces. */
export const pauseImage = 'sluice.test/pause:1';

/**
 * Point-to-point links: every packet between pods is routed by the node, so Service addresses are
 * translated both ways also where the kernel has no br_netfilter for packets that only cross a bridge.
 */
const network = (at: ClusterPaths) => ({
  cniVersion: '0.4.0',
  name: 'testbed',
  plugins: [
    {
      type: 'ptp',
      ipMasq: false,
      ipam: {
        type: 'host-local',
        dataDir: join(at.state, 'addresses'),
        ranges: [[{ subnet: addresses.nodePods }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

const containerdConfig = (at: ClusterPaths) => `version = 2
root = "${at.state}/containerd"
state = "${at.state}/containerd-run"
[grpc]
address = "${at.containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
netns_mounts_under_state_dir = true
# Without CAP_SYS_RESOURCE (a machine that is itself a container) no sandbox would start.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${at.state}/cni"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
BinaryName = "/usr/sbin/runc"
SystemdCgroup = false
`;

const kubeletConfig = (at: ClusterPaths) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(at.pki, 'ca.crt') },
  },
  authorization: { mode: 'Webhook' },
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${at.cgroup}`,
  failCgroupV1: false,
  failSwapOn: false,
  localStorageCapacityIsolation: false,
  containerRuntimeEndpoint: `unix://${at.containerdSocket}`,
  clusterDNS: [addresses.dns],
  clusterDomain: 'cluster.local',
  resolvConf: '',
  tlsCertFile: join(at.pki, 'node.crt'),
  tlsPrivateKeyFile: join(at.pki, 'node.key'),
  podLogsDir: at.podLogs,
  volumePluginDir: join(at.state, 'volume-plugins'),
  imageGCHighThresholdPercent: 100,
  evictionHard: { 'memory.available': '100Mi' },
  maxPods: 200,
  serializeImagePulls: false,
  // How late a changed ConfigMap or Secret reaches its volume (1 min by default): tests wait for it.
  syncFrequency: '10s',
  shutdownGracePeriod: '0s',
});

const proxyConfig = (kubeconfig: string) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig },
  mode: 'nftables',
  clusterCIDR: addresses.pods,
  hostnameOverride: nodeName,
  // The connection table is the machine's, not the namespace's: leave its limits alone.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  healthzBindAddress: '127.0.0.1:10256',
  metricsBindAddress: '127.0.0.1:10249',
});

function write(at: ClusterPaths, file: string, content: object | string): string {
  const path = join(at.state, file);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

/** How containerd is run. */
export function containerdDaemon(at: ClusterPaths): Daemon {
  mkdirSync(join(at.state, 'cni'), { recursive: true });
  write(at, 'cni/10-testbed.conflist', network(at));
  return {
    name: 'containerd',
    command: ['containerd', '--config', write(at, 'containerd.toml', containerdConfig(at))],
  };
}

/** How the kubelet is run. */
export function kubeletDaemon(at: ClusterPaths, bin: string): Daemon {
  const kubeconfig = writeKubeconfig(at, 'node', join(at.pki, 'node.kubeconfig'), addresses.apiPort);
  const options = [
    `--config=${write(at, 'kubelet.json', kubeletConfig(at))}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${addresses.node}`,
    `--root-dir=${join(at.state, 'kubelet')}`,
    `--cert-dir=${at.pki}`,
  ];
  return { name: 'kubelet', command: [join(bin, 'kubelet'), ...options] };
}

/** How kube-proxy is run. */
export function proxyDaemon(at: ClusterPaths, bin: string): Daemon {
  const kubeconfig = writeKubeconfig(at, 'proxy', join(at.pki, 'proxy.kubeconfig'), addresses.apiPort);
  return {
    name: 'kube-proxy',
    command: [join(bin, 'kube-proxy'), `--config=${write(at, 'proxy.json', proxyConfig(kubeconfig))}`],
  };
}
