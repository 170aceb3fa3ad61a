/** A file begins on an empty cluster, whatever the file before it left there. */
import { beforeAll, expect, test } from 'vitest';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { pauseImage } from '../../packages/testbed/from-source/node.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { sharedCluster } from './shared.ts';

const name = 'left-behind';
const metadata = { name };
const group = 'rbac.authorization.k8s.io';

/** A pod that takes its time to end, an object that waits for an operator, an API whose server is gone, a policy that lets no namespace go, and more. */
const left: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, namespace: name },
    spec: { terminationGracePeriodSeconds: 600, containers: [{ name, image: pauseImage }] },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, namespace: name, finalizers: ['operator.example/gone'] },
  },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata, value: 7 },
  { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules: [] },
  {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['*'], apiVersions: ['*'], resources: ['namespaces'], operations: ['DELETE'] },
        ],
      },
      validations: [{ expression: 'false' }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: { policyName: name, validationActions: ['Deny'] },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.left.behind' },
    spec: {
      group: 'left.behind',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name: 'nowhere', namespace: name },
    },
  },
];

let cluster: Cluster;

const everything = async (): Promise<string[]> => {
  const kinds =
    'namespaces,priorityclasses,clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings,apiservices,nodes,pods,configmaps';
  const { stdout } = await cluster.kubectl(['get', kinds, '-A', '-o', 'name']);
  return stdout.trim().split('\n').sort();
};

beforeAll(async () => {
  cluster = await sharedCluster();
});

test('what was left behind is gone, and all else is as it was', async () => {
  const before = await everything();
  await cluster.apply(left);
  const ready = ['wait', `pod/${name}`, '--for=condition=Ready', `--timeout=${patient(60)}s`];
  await cluster.kubectl(['-n', name, ...ready]);
  const came = (await everything()).filter(
    (one) => !before.includes(one) && !/^configmap\/kube-root-ca/.test(one),
  );
  expect(came).toHaveLength(left.length);
  const again = await sharedCluster();
  expect(again.kubeconfig).toBe(cluster.kubeconfig);
  expect(await everything()).toEqual(before);
});
