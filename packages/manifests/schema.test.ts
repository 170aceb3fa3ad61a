import { describe, expect, it } from 'vitest';
import { type LeafChange, leafChanges } from './leaves.ts';
import type { Fields } from './objects.ts';

/** Compares two objects that hold a value at `spec.a.*.b`: { spec: { a: [{ b: value }] } }. */
function compared(place: string, before: unknown, after: unknown): LeafChange[] {
  const [kind = '', ...keys] = place
    .split('/')
    .flatMap((part, index) => (index === 0 ? [part] : part.split('.')));
  const whole = (value: unknown): Fields =>
    keys.reduceRight<unknown>((inner, key) => (key === '*' ? [inner] : { [key]: inner }), value) as Fields;
  return leafChanges(kind, whole(before), whole(after));
}

const pod = 'Deployment/spec.template.spec';
const container = `${pod}.containers.*`;
const names = [{ name: 'a' }, { name: 'b' }];
const texts = ['a', 'b'];

/** Lists whose order Kubernetes, or the operator that reads them, gives no meaning. */
const unordered: readonly (readonly [place: string, elements: readonly unknown[]])[] = [
  ['Service/metadata.finalizers', texts],
  ['Service/metadata.ownerReferences', [{ uid: 1 }, { uid: 2 }]],
  ['Deployment/spec.template.metadata.finalizers', texts],
  ['CronJob/spec.jobTemplate.metadata.finalizers', texts],
  ['NetworkPolicy/spec.podSelector.matchExpressions', [{ key: 'a' }, { key: 'b' }]],
  ['PersistentVolumeClaim/spec.selector.matchExpressions.*.values', texts],
  ['ServiceMonitor.monitoring.coreos.com/spec.namespaceSelector.matchNames', texts],
  ['Pod/spec.containers', names],
  ['CronJob/spec.jobTemplate.spec.template.spec.containers', names],
  ['ScaledJob.keda.sh/spec.jobTargetRef.template.spec.volumes', names],
  ['Rollout.argoproj.io/spec.template.spec.volumes', names],
  ['AnalysisTemplate.argoproj.io/spec.metrics', names],
  ['DestinationRule.networking.istio.io/spec.subsets', names],
  ['TraefikService.traefik.io/spec.weighted.services', names],
  ...['volumes', 'imagePullSecrets', 'resourceClaims', 'schedulingGates'].map(
    (list) => [`${pod}.${list}`, names] as const,
  ),
  [`${pod}.hostAliases`, [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }]],
  [`${pod}.tolerations`, [{ key: 'a' }, { key: 'a', effect: 'NoSchedule' }]],
  [
    `${pod}.topologySpreadConstraints`,
    [
      { topologyKey: 'a', whenUnsatisfiable: 'x' },
      { topologyKey: 'a', whenUnsatisfiable: 'y' },
    ],
  ],
  [
    `${pod}.volumes.*.configMap.items`,
    [
      { key: 'a', path: 'a' },
      { key: 'a', path: 'b' },
    ],
  ],
  [
    `${pod}.volumes.*.secret.items`,
    [
      { key: 'a', path: 'a' },
      { key: 'b', path: 'b' },
    ],
  ],
  [`${pod}.volumes.*.ephemeral.volumeClaimTemplate.spec.accessModes`, texts],
  [`${pod}.initContainers.*.env`, names],
  [`${container}.ports`, [{ containerPort: 1 }, { containerPort: 1, protocol: 'UDP' }]],
  [`${container}.volumeMounts`, [{ mountPath: '/a' }, { mountPath: '/b' }]],
  [`${container}.volumeDevices`, [{ devicePath: '/a' }, { devicePath: '/b' }]],
  [`${container}.resources.claims`, names],
  [`${container}.securityContext.capabilities.add`, texts],
  [`${container}.securityContext.capabilities.drop`, texts],
  ['StatefulSet/spec.volumeClaimTemplates', [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }]],
  ['ServiceAccount/secrets', names],
  ['ServiceAccount/imagePullSecrets', names],
  ['PersistentVolume/spec.accessModes', texts],
  ['ResourceQuota/spec.scopes', texts],
  ['LimitRange/spec.limits', [{ type: 'Pod' }, { type: 'Container' }]],
  ['ClusterRole/rules', [{ verbs: texts }, { verbs: ['c'] }]],
  ['RoleBinding/subjects', names],
  ['ClusterRoleBinding/subjects', names],
  ['NetworkPolicy/spec.policyTypes', texts],
  ...['ingress', 'ingress.*.from', 'ingress.*.ports', 'egress.*.ports'].map(
    (list) => [`NetworkPolicy/spec.${list}`, [{ port: 1 }, { port: 2 }]] as const,
  ),
  ['HorizontalPodAutoscaler/spec.behavior.scaleUp.policies', [{ type: 'Pods' }, { type: 'Percent' }]],
  ['HorizontalPodAutoscaler/spec.behavior.scaleDown.policies', [{ type: 'Pods' }, { type: 'Percent' }]],
  ['Ingress/spec.tls', [{ hosts: ['a'] }, { hosts: ['b'] }]],
  ['Ingress/spec.tls.*.hosts', texts],
  ['CustomResourceDefinition/spec.versions', names],
  ['ValidatingWebhookConfiguration/webhooks', names],
  ['MutatingWebhookConfiguration/webhooks', names],
  ['ServiceMonitor.monitoring.coreos.com/spec.endpoints', [{ port: 'a' }, { port: 'b' }]],
  ['PodMonitor.monitoring.coreos.com/spec.podMetricsEndpoints', [{ port: 'a' }, { port: 'b' }]],
  ['ExternalSecret.external-secrets.io/spec.data', [{ secretKey: 'a' }, { secretKey: 'b' }]],
  ['NodePool.karpenter.sh/spec.template.spec.requirements', [{ key: 'a' }, { key: 'b' }]],
  ['NodePool.karpenter.sh/spec.template.spec.taints', [{ key: 'a' }, { key: 'b' }]],
  ['Application.argoproj.io/spec.ignoreDifferences', [{ kind: 'a' }, { kind: 'b' }]],
  ...['sourceRepos', 'destinations', 'clusterResourceWhitelist', 'namespaceResourceWhitelist'].map(
    (list) => [`AppProject.argoproj.io/spec.${list}`, texts] as const,
  ),
];

const quantities = [
  `${container}.resources.requests.memory`,
  `${pod}.resources.limits.memory`,
  `${pod}.overhead.memory`,
  `${pod}.volumes.*.emptyDir.sizeLimit`,
  `${container}.env.*.valueFrom.resourceFieldRef.divisor`,
  'PersistentVolume/spec.capacity.storage',
  'LimitRange/spec.limits.*.defaultRequest.memory',
  'HorizontalPodAutoscaler/spec.metrics.*.external.target.averageValue',
];

const sameAsNone: readonly (readonly [place: string, empty: object])[] = [
  ['Service/metadata.labels', {}],
  [`${pod}.nodeSelector`, {}],
  [`${pod}.securityContext`, {}],
  [`${pod}.initContainers`, []],
  [`${container}.resources`, {}],
  [`${container}.resources`, { limits: {} }],
  ['PersistentVolumeClaim/spec.resources.limits', {}],
  ['Secret/data', {}],
  ['ServiceAccount/secrets', []],
  ['NetworkPolicy/spec.ingress.*.from', []],
];

const meaningful: readonly (readonly [place: string, empty: object])[] = [
  ['NetworkPolicy/spec.podSelector', {}],
  ['NetworkPolicy/spec.ingress.*.from.*.namespaceSelector', {}],
  [`${pod}.volumes.*.emptyDir`, {}],
  ['Thing.example.com/spec.resources', {}],
  ['Application.argoproj.io/spec.source.helm.valuesObject.metadata.labels', {}],
];

describe('what Kubernetes says of fields', () => {
  it.each(unordered)('the order of %s means nothing, what it holds does', (place, elements) => {
    expect(compared(place, elements, [...elements].reverse())).toEqual([]);
    expect(compared(place, elements, elements.slice(1))).not.toEqual([]);
  });

  it('init containers run one after the other', () => {
    const place = `${pod}.initContainers`;
    const order = { path: 'spec.template.spec.initContainers', before: ['a', 'b'], after: ['b', 'a'] };
    expect(compared(place, names, [...names].reverse())).toMatchObject([order]);
    const changed = [{ name: 'new' }, { name: 'a', image: 'x' }, { name: 'b' }];
    expect(compared(place, names, changed).map(({ path }) => path)).toEqual([
      'spec.template.spec.initContainers[a].image',
      'spec.template.spec.initContainers[new].name',
    ]);
  });

  describe('the rules of a group of a PrometheusRule', () => {
    const [slow, lost, ratio] = [
      { alert: 'Slow', expr: 'a > 1' },
      { alert: 'Lost', expr: 'b > 1' },
      { record: 'level:ratio', expr: 'c' },
    ];
    const paths = (before: readonly object[], after: readonly object[]): string[] =>
      compared('PrometheusRule.monitoring.coreos.com/spec.groups', group(before), group(after)).map(
        ({ path }) => path.replace('spec.groups[web].', ''),
      );
    const group = (rules: readonly object[]) => [{ name: 'web', rules }];

    it('find each other by the name of the alert or of the record', () => {
      const added = { alert: 'Late', expr: 'd' };
      expect(paths([slow, lost, ratio], [slow, added, { ...lost, expr: 'b > 2' }, ratio])).toEqual([
        'rules[Lost].expr',
        'rules[Late].alert',
        'rules[Late].expr',
      ]);
      expect(paths([slow, lost, ratio], [slow, { ...ratio, expr: 'd' }])).toEqual([
        'rules[Lost].alert',
        'rules[Lost].expr',
        'rules[level:ratio].expr',
      ]);
    });

    it('are evaluated one after the other', () => {
      expect(paths([ratio, slow], [slow, ratio])).toEqual(['rules']);
    });

    it('are compared in their order where two have one name', () => {
      const pages = { ...slow, labels: { severity: 'critical' } };
      expect(paths([slow, pages], [slow, { ...pages, expr: 'a > 9' }])).toEqual(['rules[1].expr']);
    });
  });

  it.each(quantities)('%s is a quantity', (place) => {
    expect(compared(place, '1Gi', '1024Mi')).toEqual([]);
    expect(compared(place, '1Gi', '1023Mi')).toHaveLength(1);
  });

  it('a variable that looks like a quantity is none', () => {
    expect(compared(`${container}.env.*.value`, '1000m', '1')).toHaveLength(1);
  });

  it.each(sameAsNone)('%s may as well be left out when empty', (place, empty) => {
    expect(compared(place, undefined, empty)).toEqual([]);
    expect(compared(place, empty, undefined)).toEqual([]);
  });

  it.each(meaningful)('%s means something when empty', (place, empty) => {
    expect(compared(place, undefined, empty)).toHaveLength(1);
    expect(compared(place, empty, undefined)).toHaveLength(1);
  });

  describe('a dashboard in a ConfigMap', () => {
    const row = { id: 9, type: 'row', panels: [{ id: 10, title: 'within' }] };
    const age = { id: 2, title: 'age' };
    const panels = [{ id: 1, title: 'backlog' }, age, row];
    const dashboard = (changed: readonly object[], more: object = { schemaVersion: 41 }): string =>
      JSON.stringify({ panels: changed, ...more });
    const paths = (before: string, after: string): string[] =>
      leafChanges('ConfigMap', { data: { 'x.json': before } }, { data: { 'x.json': after } }).map(
        ({ path }) => path,
      );

    it('finds a panel by its id, wherever it stands', () => {
      const added = [age, { id: 3, title: 'new' }, { id: 1, title: 'waiting' }, row] as const;
      expect(paths(dashboard(panels), dashboard(added))).toEqual([
        'data["x.json"].panels[1].title',
        'data["x.json"].panels[3].id',
        'data["x.json"].panels[3].title',
      ]);
    });

    it('finds one in a row that is closed', () => {
      const changed = { ...row, panels: [{ id: 11, title: 'first' }, ...row.panels] };
      expect(paths(dashboard([row]), dashboard([changed]))).toEqual([
        'data["x.json"].panels[9].panels[11].id',
        'data["x.json"].panels[9].panels[11].title',
      ]);
    });

    it('compares the panels of another document in their order', () => {
      expect(paths(dashboard(panels, {}), dashboard([...panels].reverse(), {}))).not.toEqual([]);
    });

    it('says that queries changed places', () => {
      const of = (...targets: string[]) =>
        dashboard([{ id: 1, targets: targets.map((refId) => ({ refId })) }]);
      expect(paths(of('A', 'B'), of('B', 'A'))).toEqual(['data["x.json"].panels[1].targets']);
    });
  });
});
