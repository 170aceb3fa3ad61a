import { type Edit, LOCAL, PRODUCTION, policy, property, scaler } from './edit.ts';

/** When work scales, to what and by what. */
export const policyEdits: readonly Edit[] = [
  {
    name: 'a drain in place of the latch',
    decides: 'the policy',
    make: (tree) =>
      policy(tree, 'drain({ sloSeconds: 300, meanServiceSeconds: 5, podStartSeconds: 10, maxReplicas: 10 })'),
  },
  {
    name: 'a proportional policy',
    decides: 'the policy',
    make: (tree) => policy(tree, 'proportional({ perReplica: 10, maxReplicas: 12 })'),
  },
  {
    name: 'a floor by a timetable',
    decides: 'the policy',
    make: (tree) =>
      policy(
        tree,
        `schedule({
      policy: latch({ replicas: 20, startWhen: { readyAtLeast: 50 } }),
      timeZone: 'America/New_York',
      windows: [{ start: '0 9 * * 1-5', end: '0 17 * * 1-5', minReplicas: 2 }],
    })`,
      ),
  },
  {
    name: 'another mark and another count',
    decides: 'the policy',
    make: (tree) => policy(tree, 'latch({ replicas: 3, startWhen: { readyAtLeast: 7 } })'),
  },
  {
    name: 'one replica at most',
    decides: 'the policy',
    make: (tree) => policy(tree, 'latch({ replicas: 1, startWhen: { readyAtLeast: 1 } })'),
  },
  {
    name: 'other holidays',
    make: (tree) =>
      tree.replace(
        tree.fileWith('const holidays = '),
        /const holidays = [^;]*;/,
        "const holidays = ['2026-12-24', '2027-05-01'];",
      ),
  },
  {
    name: 'office hours elsewhere',
    make: (tree) => {
      tree.replace(tree.fileWith('const holidays = '), "timeZone: 'Europe/Berlin'", "timeZone: 'Asia/Tokyo'");
      tree.replace(
        tree.fileWith('const holidays = '),
        "start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3",
        "start: '0 6 * * *', end: '0 22 * * *', minReplicas: 2",
      );
    },
  },
  {
    name: 'a worker that an HPA scales',
    decides: 'the policy',
    make: (tree) => {
      policy(tree, 'proportional({ perReplica: 10, minReplicas: 1, maxReplicas: 12 })');
      scaler(tree, 'hpa');
    },
  },
  {
    name: 'KEDA in place of the adapter, and a worker that it scales',
    decides: 'the policy',
    make: (tree) => {
      policy(tree, 'proportional({ perReplica: 10, maxReplicas: 12 })');
      scaler(tree, 'keda');
      for (const path of [LOCAL, PRODUCTION]) {
        tree.replace(path, "    'prometheus-adapter',\n", '');
        tree.replace(path, "    'kube-prometheus-stack',\n", "    'keda',\n    'kube-prometheus-stack',\n");
      }
    },
  },
  {
    name: 'another policy in one environment',
    make: (tree) => {
      tree.insert(
        PRODUCTION,
        "  name: 'production',\n",
        '  workloads: { consumer: { policy: latch({ replicas: 40, startWhen: { readyAtLeast: 200 } }) } },\n',
      );
      property(tree, PRODUCTION, 'import {', "import { latch } from '@sluice/policy';\nimport {");
    },
  },
];
