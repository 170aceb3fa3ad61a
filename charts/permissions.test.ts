import { Chart, Testing } from 'cdk8s';
import { expect, it } from 'vitest';
import { ScalePermission, type ScalePermissionProps } from './permissions.ts';

function granted(target?: ScalePermissionProps['target']) {
  const scope = new Chart(Testing.app(), 'test');
  new ScalePermission(scope, 'grant', {
    ...{ name: 'x', namespace: 'x', component: 'web', ...(target && { target }) },
    to: { serviceAccount: 'scaler', namespace: 'scaler' },
  });
  const [role, binding] = scope.toJson();
  expect(binding.roleRef.name).toBe(role.metadata.name);
  return { name: role.metadata.name, rules: role.rules };
}

const events = { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] };

it('permits the scale of one Deployment, and nothing else of it', () => {
  const scale = { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get', 'update'] };
  expect(granted()).toEqual({ name: 'scale-x', rules: [{ ...scale, resourceNames: ['x'] }, events] });
});

it('permits one HPA, and by another name: a workload may have both', () => {
  const hpa = {
    apiGroups: ['autoscaling'],
    resources: ['horizontalpodautoscalers'],
    verbs: ['get', 'patch'],
  };
  expect(granted('hpa')).toEqual({ name: 'minimum-x', rules: [{ ...hpa, resourceNames: ['x'] }, events] });
});
