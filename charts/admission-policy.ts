import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { clusterLabels, wave } from './labels.ts';

/** Requests of one API group. */
export interface MatchedRequests {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  /** Plural, as in a URL. */
  readonly resources: readonly string[];
  /** @default create and update */
  readonly operations?: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
}

/** A rule in CEL; the message is what the caller reads when it is false. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
}

/** A ValidatingAdmissionPolicy: the requests that it sees, and the CEL rules that it holds them to. */
export interface AdmissionPolicyProps {
  readonly name: string;
  readonly matches: readonly MatchedRequests[];
  /** Only requests for which all of these CEL expressions hold, by name. @default every request */
  readonly when?: Readonly<Record<string, string>>;
  readonly validations: readonly Validation[];
}

const API_VERSION = 'admissionregistration.k8s.io/v1';

/**
 * What the API server itself refuses, in every namespace: no webhook has to answer. A rule that cannot be evaluated
 * refuses too.
 * @throws {ChartError} with every fault of the props
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class AdmissionPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionPolicyProps) {
    super(scope, id);
    check(props);
    const { name } = props;
    // Before what it guards.
    const metadata = { name, labels: { ...clusterLabels }, annotations: wave('namespace') };
    new ApiObject(this, 'policy', {
      ...{ apiVersion: API_VERSION, kind: 'ValidatingAdmissionPolicy', metadata },
      spec: policySpec(props),
    });
    new ApiObject(this, 'binding', {
      ...{ apiVersion: API_VERSION, kind: 'ValidatingAdmissionPolicyBinding', metadata },
      spec: { policyName: name, validationActions: ['Deny'] },
    });
  }
}

function policySpec({ matches, when = {}, validations }: AdmissionPolicyProps): object {
  const conditions = Object.entries(when).map(([name, expression]) => ({ name, expression }));
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: matches.map(({ operations = ['CREATE', 'UPDATE'], ...rule }) => ({
        ...rule,
        operations,
      })),
    },
    ...(conditions.length > 0 && { matchConditions: conditions }),
    validations: validations.map((validation) => ({ ...validation, reason: 'Forbidden' })),
  };
}

function check({ name, matches, validations }: AdmissionPolicyProps): void {
  const checks = new Checks(`AdmissionPolicy '${name}'`)
    .dnsLabel('name', name)
    .that(matches.length > 0, `'matches' must not be empty`)
    .that(validations.length > 0, `'validations' must not be empty: it would refuse nothing`);
  for (const { expression, message } of validations)
    checks.that(message !== '', `'message' of ${expression} must say what is refused`);
  checks.done();
}
