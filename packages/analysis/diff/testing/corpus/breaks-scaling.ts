import { object } from '../../testing.ts';
import { account, adapter, type BreakRow, binding, hpa, named, role, web } from '../chains.ts';

const hpas = 'kubernetes.io, Horizontal Pod Autoscaling';
const rbac = 'kubernetes.io, Using RBAC Authorization';
const keda = 'keda.sh, ScaledObject specification: "scaleTargetRef"';

export const rows: readonly BreakRow[] = [
  [
    'an HPA whose target is renamed',
    [web, hpa, adapter],
    'kind: Deployment, name: web',
    'kind: Deployment, name: wbe',
    /HorizontalPodAutoscaler shop\/web scales: Deployment shop\/wbe is not there/,
    hpas,
  ],
  [
    'the target of an HPA removed',
    [web, hpa, adapter],
    web,
    '',
    /scales: Deployment shop\/web is not there/,
    hpas,
  ],
  [
    'an HPA of another kind',
    [web, hpa, adapter],
    'kind: Deployment, name: web}',
    'kind: StatefulSet, name: web}',
    /StatefulSet shop\/web is not there/,
    hpas,
  ],
  [
    "a metric renamed in the adapter's rule",
    [web, hpa, adapter],
    'as: jobs_waiting',
    'as: jobs_ready',
    /goes by jobs_waiting of: no rule of prometheus-adapter makes jobs_waiting/,
    'prometheus-adapter docs/config.md: "Naming"',
  ],
  [
    'a metric renamed in the HPA',
    [web, hpa, adapter],
    'metric: {name: jobs_waiting}',
    'metric: {name: jobs}',
    /no rule of prometheus-adapter makes jobs/,
    hpas,
  ],
  [
    'the target of a ScaledObject',
    [web, object('keda.sh/v1alpha1', 'ScaledObject', 'spec: {scaleTargetRef: {name: web}}')],
    'scaleTargetRef: {name: web}',
    'scaleTargetRef: {name: api}',
    /ScaledObject shop\/web scales: Deployment shop\/api is not there/,
    keda,
  ],
  [
    'a budget of no pods',
    [
      web,
      object(
        'policy/v1',
        'PodDisruptionBudget',
        'spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}',
      ),
    ],
    'maxUnavailable: 1, selector: {matchLabels: {app: web}}',
    'maxUnavailable: 1, selector: {matchLabels: {app: api}}',
    /PodDisruptionBudget shop\/web selects the pods of: no pods/,
    'kubernetes.io, Specifying a Disruption Budget',
  ],
  [
    'a binding whose Role is removed',
    [role, binding, account],
    role,
    '',
    /RoleBinding shop\/web gives: Role web is not there/,
    rbac,
  ],
  [
    'a binding to another account',
    [role, binding, account],
    'ServiceAccount, name: web',
    'ServiceAccount, name: wbe',
    /RoleBinding shop\/web to: ServiceAccount shop\/wbe is not there/,
    rbac,
  ],
  [
    'the store of an ExternalSecret',
    [
      object('external-secrets.io/v1', 'ExternalSecret', 'spec: {secretStoreRef: {name: vault}}'),
      named('SecretStore', 'external-secrets.io/v1', 'vault', 'spec: {}'),
    ],
    'secretStoreRef: {name: vault}',
    'secretStoreRef: {name: valt}',
    /fetches from: SecretStore valt is not there/,
    'external-secrets.io, API: ExternalSecret spec.secretStoreRef',
  ],
  [
    'the AppProject of an Application',
    [
      object('argoproj.io/v1alpha1', 'Application', 'spec: {project: shop}'),
      named(
        'AppProject',
        'argoproj.io/v1alpha1',
        'shop',
        'spec: {destinations: [{server: "*", namespace: "*"}]}',
      ),
    ],
    'project: shop',
    'project: shpo',
    /is bound by: AppProject shpo is not there/,
    'Argo CD, Projects',
  ],
  [
    'the login of a trigger',
    [
      web,
      object(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'spec: {scaleTargetRef: {name: web}, triggers: [{type: rabbitmq, authenticationRef: {name: broker}}]}',
      ),
      named('TriggerAuthentication', 'keda.sh/v1alpha1', 'broker', 'spec: {}'),
    ],
    'authenticationRef: {name: broker}',
    'authenticationRef: {name: rabbit}',
    /logs in by: TriggerAuthentication rabbit is not there/,
    'keda.sh, Authentication',
  ],
];
