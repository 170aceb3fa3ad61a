import { customResourceDefaults } from './defaults/custom-resources.ts';
import { objectDefaults } from './defaults/objects.ts';
import { type Default, podDefaults, type Siblings, workloadDefaults } from './defaults/workloads.ts';

/**
 * What a field is when it is left out, as the API server stores it or its controller takes it. `replicas` and
 * `minReplicas` are not among them: a manifest that leaves them out leaves them to the autoscaler.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go and its siblings of other groups
 * @see https://github.com/kubernetes/kubernetes/blob/master/api/openapi-spec/swagger.json
 */
const defaults: ReadonlyMap<string, Default> = new Map([
  ...podDefaults,
  ...workloadDefaults,
  ...objectDefaults,
  ...customResourceDefaults,
]);

/** What a field, named by the place it stands in and its key, is where it is left out beside these; undefined where no default is known. */
export function defaultAt(place: string, siblings: Siblings): unknown {
  const value = defaults.get(place);
  return typeof value === 'function' ? value(siblings) : value;
}

/** Fields that a kind of Kubernetes' own has at its top; another segment there is the group of a custom resource. */
const TYPED =
  /^(<|[A-Z]\w*\.(spec|status|type|immutable|rules|roleRef|subjects|webhooks|ports|provisioner|parameters|value)\b)/;

/** Fields of any name whose values are texts: there the API server reads null as a text, not as an absent field. */
const TEXTS = /^(<metadata>\.(labels|annotations)|<selector>\.matchLabels|StorageClass\.parameters)\./;

/**
 * Whether null at a place is the same as leaving the field out. A field of a custom resource may be nullable, and in
 * a document or the values of a chart null may remove a value.
 */
export const nullIsAbsent = (place: string): boolean => TYPED.test(place) && !TEXTS.test(place);
