import type { ScalerConfig } from '@sluice/policy';
import { Construct } from 'constructs';
import { AdmissionPolicy, type Validation } from './admission-policy.ts';
import type { Identity } from './labels.ts';

/** The bounds that an admission policy sets to what the scaler may write. */
export interface ScalerBoundsProps extends Identity {
  /** The workloads that it scales. */
  readonly workloads: ScalerConfig['workloads'];
}

/** How the scaler signs its Events. */
const CONTROLLER = 'sluice.dev/scaler';

const KINDS = { deployment: 'Deployment', hpa: 'HorizontalPodAutoscaler' } as const;

/**
 * What RBAC cannot say of the scaler: of an HPA it changes the minimum and nothing else, it reports on its own targets
 * under its own name and rewrites no other's Event, and it creates no Lease but its own. The API server refuses the
 * rest, whatever the Roles permit.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
export class ScalerBounds extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, workloads }: ScalerBoundsProps) {
    super(scope, id);
    const account = `system:serviceaccount:${namespace}:${name}`;
    const when = { [name]: `request.userInfo.username == '${account}'` };
    new AdmissionPolicy(this, 'minimum', {
      name: `${name}-sets-the-minimum-only`,
      // Requests in an older version are converted to this one.
      matches: [{ apiGroups: ['autoscaling'], apiVersions: ['v2'], resources: ['horizontalpodautoscalers'] }],
      when,
      validations: minimumOnly,
    });
    new AdmissionPolicy(this, 'events', {
      name: `${name}-reports-on-its-targets-only`,
      matches: [{ apiGroups: ['events.k8s.io'], apiVersions: ['v1'], resources: ['events'] }],
      when,
      validations: ownEvents(workloads),
    });
    new AdmissionPolicy(this, 'lease', {
      name: `${name}-holds-its-own-lease-only`,
      matches: [{ apiGroups: ['coordination.k8s.io'], apiVersions: ['v1'], resources: ['leases'] }],
      when,
      validations: [
        {
          expression: `object.metadata.name == '${name}' && request.namespace == '${namespace}'`,
          message: `The scaler holds the Lease ${namespace}/${name} and no other.`,
        },
      ],
    });
  }
}

/** A field that was absent stays absent, one that was there stays what it was. */
const unchanged = (path: string): string =>
  `has(object.${path}) == has(oldObject.${path}) && (!has(object.${path}) || object.${path} == oldObject.${path})`;

const minimumOnly: readonly Validation[] = [
  {
    expression: ['scaleTargetRef', 'maxReplicas', 'metrics', 'behavior']
      .map((field) => unchanged(`spec.${field}`))
      .join(' && '),
    message: `The scaler changes 'spec.minReplicas' of an HPA and nothing else.`,
  },
  {
    expression: ['labels', 'annotations', 'ownerReferences', 'finalizers']
      .map((field) => unchanged(`metadata.${field}`))
      .join(' && '),
    message: `The scaler changes nothing of an HPA's metadata.`,
  },
];

function ownEvents(workloads: ScalerConfig['workloads']): Validation[] {
  const targets = workloads.flatMap(({ target }) =>
    target.kind in KINDS && 'namespace' in target
      ? [`'${target.namespace}/${KINDS[target.kind]}/${target.name}'`]
      : [],
  );
  return [
    {
      expression: `has(object.regarding) && (object.regarding.namespace + '/' + object.regarding.kind + '/' + object.regarding.name) in [${targets.join(', ')}]`,
      message: 'The scaler reports on what it scales and on nothing else.',
    },
    {
      expression: `object.reportingController == '${CONTROLLER}' && (oldObject == null || oldObject.reportingController == '${CONTROLLER}')`,
      message: `The scaler signs its Events as '${CONTROLLER}' and changes no other's.`,
    },
  ];
}
