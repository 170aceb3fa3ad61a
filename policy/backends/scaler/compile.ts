import { isRecord } from '../../faults.ts';
import {
  approximate,
  assessFidelity,
  type Clause,
  type ClauseFidelity,
  exact,
  type Fidelity,
  refusals,
  refused,
} from '../fidelity.ts';
import { configFaults, ScalerConfigError, workloadFaults } from './check.ts';
import type { ScalerConfig, Source, Workload } from './file.ts';

/** The scaler's file, and how exactly it keeps each policy. */
export interface CompiledScalerConfig {
  readonly config: ScalerConfig;
  /** Every clause of every policy. With a refused one the config must not be used (see `refusals`). */
  readonly fidelity: readonly ClauseFidelity[];
}

/**
 * The own scaler follows a policy by calling `decide`, so only what the source cannot report is lost.
 *
 * @throws {ScalerConfigError} with every fault but the refused clauses, which are listed in `fidelity`
 */
export function compileScalerConfig(config: ScalerConfig): CompiledScalerConfig {
  const faults = configFaults(config);
  if (faults.length > 0) throw new ScalerConfigError(faults);
  const { pollSeconds, idlePollSeconds, workloads } = config;
  const idle = idlePollSeconds === undefined ? {} : { idlePollSeconds };
  return { config: { pollSeconds, ...idle, workloads }, fidelity: workloads.flatMap(fidelityOf) };
}

/** How exactly the own scaler keeps a policy with the source that it has. */
export const fidelityOf = ({ name, source, policy }: Workload): readonly ClauseFidelity[] =>
  assessFidelity(name, policy, (clause) => verdict(clause, source));

/** What a kind of source makes of a clause; every other clause is kept as written. */
function verdict(clause: Clause, source: Source): Fidelity {
  if (MEASURED.includes(clause) && !tellsTotals(source)) return UNCOUNTED;
  const blind = source.kind === 'prometheus' && source.unackedQuery === undefined;
  const unseen = blind ? BLIND[clause] : undefined;
  if (unseen !== undefined) return unseen;
  if (source.kind === 'prometheus' && clause === 'staleAfterSeconds') return SCRAPED;
  if (clause === 'startWhen.oldestWaitSeconds') return FIRST_SIGHT;
  return EXACT;
}

const EXACT = exact('The scaler itself follows this clause.');

/** Clauses that live off totals of what was published and acknowledged. */
const MEASURED: readonly Clause[] = ['targetWaitSeconds', 'serviceSeconds.measured'];

const tellsTotals = (source: Source): boolean =>
  source.kind === 'management' ||
  (source.kind === 'prometheus' &&
    source.unackedQuery !== undefined &&
    source.publishedQuery !== undefined &&
    source.acknowledgedQuery !== undefined);

const UNCOUNTED = refused(
  "the arrivals and the service time are measured from totals: take a source 'management', or a 'prometheus' with 'unackedQuery', 'publishedQuery' and 'acknowledgedQuery'",
);

const BLIND_DRAIN = refused(
  "a 'prometheus' source without 'unackedQuery' cannot tell work in flight from none, so 'drained' would kill it; add 'unackedQuery' or stop on 'ready-empty'",
);

const BLIND_WORK = approximate(
  "Without 'unackedQuery' the work in flight counts as 0, so replicas leave while it still runs.",
);

const BLIND_AGE = approximate(
  "Without 'unackedQuery' busy replicas are not known: above a minimum of 1 or more, a residue may find all of them at work.",
);

/** What is lost where the source does not report the work in flight. */
const BLIND: Readonly<Partial<Record<Clause, Fidelity>>> = {
  'stopWhen.drained': BLIND_DRAIN,
  'ageOpens.as-needed': BLIND_AGE,
  perReplica: BLIND_WORK,
  sloSeconds: BLIND_WORK,
};

const SCRAPED = approximate(
  'Prometheus tells when a sample was scraped only for a plain selector; of any other expression it tells the evaluation, which may be minutes later.',
);

const FIRST_SIGHT = approximate(
  'Where the broker does not tell the age, it counts from the first sight of a message: a lower bound, late by up to one poll.',
);

/**
 * Reads the scaler's file back from JSON; unknown keys are faults. A clause that its source cannot keep
 * is a fault too, in the sentence the compiler gives.
 *
 * @throws {ScalerConfigError} with every fault at once
 */
export function parseScalerConfig(data: unknown): ScalerConfig {
  assertScalerConfig(data);
  return data;
}

function assertScalerConfig(data: unknown): asserts data is ScalerConfig {
  const faults = [...configFaults(data), ...refusals(soundWorkloads(data).flatMap(fidelityOf))];
  if (faults.length > 0) throw new ScalerConfigError(faults);
}

/** The workloads that can be judged clause by clause, even when others have faults. */
const soundWorkloads = (data: unknown): readonly Workload[] =>
  isRecord(data) && Array.isArray(data.workloads) ? data.workloads.filter(isSound) : [];

const isSound = (workload: unknown): workload is Workload => workloadFaults(workload).length === 0;
