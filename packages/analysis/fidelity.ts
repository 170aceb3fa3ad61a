import { baseOf, type ClauseFidelity } from '@sluice/policy';
import { type DesiredState, systemIn } from '../../apps/rendering.ts';
import { fidelityOf, type ScalerKind } from '../../charts/scaling.ts';
import type { Environment } from '../../environments/environment.ts';

/** How well the scaler of one workload keeps its policy. */
export interface KeptPolicy {
  readonly environment: string;
  /** The workload's name for scalers. */
  readonly workload: string;
  readonly scaler: ScalerKind;
  /** The kind of the policy, for example 'latch'. */
  readonly policy: string;
  /** The object whose replicas or minimum it sets; undefined for processes of one machine. */
  readonly target: { readonly namespace: string; readonly name: string } | undefined;
  /** Every clause of the policy. */
  readonly clauses: readonly ClauseFidelity[];
}

/** What is kept of the policy of every scaled workload of an environment, in the scalers' own sentences. */
export const keptPolicies = (
  environment: Environment,
  { applications }: DesiredState,
): readonly KeptPolicy[] =>
  systemIn(environment, applications).scaled.map((scaled) => {
    const { name, target, policy } = scaled.workload;
    return {
      ...{ environment: environment.name, workload: name, scaler: scaled.scaler },
      policy: policy.kind === 'schedule' ? `schedule of a ${baseOf(policy).kind}` : policy.kind,
      target: target.kind === 'process' ? undefined : target,
      clauses: fidelityOf(scaled, environment),
    };
  });

/** What a scaler other than the own one does not keep exactly: one line a clause; none where there is nothing to say. */
export function fidelityText(kept: readonly KeptPolicy[]): string {
  const lines = kept
    .filter(({ scaler }) => scaler !== 'own')
    .flatMap(({ environment, workload, scaler, clauses }) =>
      clauses
        .filter(({ fidelity }) => fidelity !== 'exact')
        .map(
          ({ clause, fidelity, why }) =>
            `${environment}: ${clause} of '${workload}' is ${fidelity} on ${scaler}: ${why}\n`,
        ),
    );
  return lines.join('');
}
