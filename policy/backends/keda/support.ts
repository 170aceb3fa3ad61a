import { baseOf } from '../../decide/decide.ts';
import type { BasePolicy, Policy } from '../../policy.ts';
import {
  approximate,
  type BackendSupport,
  type Clause,
  capabilitiesOf,
  exact,
  type Fidelity,
  refused,
} from '../fidelity.ts';
import { countVerdict, isPlain } from '../hpa/metric.ts';
import {
  BLIND_WORK,
  downVerdict,
  FOLLOWS_MEASURE,
  isMeasured,
  NO_MEASURE,
  NO_RATE,
  upVerdict,
} from '../hpa/support.ts';
import type { KedaCluster, KedaWorkload } from './compile.ts';
import { windowParity } from './windows.ts';

type FidelityRule = (policy: BasePolicy, whole: Policy) => Fidelity;

/** What KEDA makes of each clause: its operator between 0 and 1, its HPA above. */
export function kedaSupport({ source }: Pick<KedaWorkload, 'source'>, cluster: KedaCluster): BackendSupport {
  const { tolerance } = capabilitiesOf(cluster);
  const blind = source.kind === 'prometheus' && source.unackedQuery === undefined;
  const remembers = source.kind === 'prometheus' && isPlain(source);
  const counted: FidelityRule = (base, whole) => {
    if (isMeasured(base)) return FOLLOWS_MEASURE;
    const verdict = countVerdict(whole, tolerance);
    if (source.kind === 'redis' && verdict.fidelity !== 'refused') return HIGHEST_LIST;
    return blind && verdict.fidelity !== 'refused' ? BLIND_WORK : verdict;
  };
  const opens = (): Fidelity => (remembers ? REMEMBERED_START : NO_PAST);
  const rules: Readonly<Record<Clause, FidelityRule>> = {
    perReplica: counted,
    sloSeconds: counted,
    'serviceSeconds.measured': () => NO_MEASURE,
    targetWaitSeconds: () => NO_RATE,
    constant: (_, { kind }) => (kind === 'schedule' ? TIMETABLE : NO_TRIGGER),
    'startWhen.readyAtLeast': opens,
    'startWhen.readyAbove': opens,
    'startWhen.oldestWaitSeconds': () => (remembers ? REMEMBERED_WAIT : NO_PAST),
    'ageOpens.as-needed': () => (remembers ? OPENS_ALL : NO_PAST),
    'ageOpens.all': () => (remembers ? ALL_OPEN : NO_PAST),
    'stopWhen.drained': () => (blind ? BLIND_DRAIN : remembers ? REMEMBERED_STOP : NO_PAST),
    'stopWhen.ready-empty': () => (remembers ? REMEMBERED_STOP : NO_PAST),
    minReplicas: ({ minReplicas }) => (minReplicas === 0 ? TO_ZERO : BOUND),
    maxReplicas: () => BOUND,
    staleAfterSeconds: ({ minReplicas }) =>
      minReplicas === 0 && source.kind !== 'clock' ? MAY_SLEEP_BLIND : AGES[source.kind](remembers),
    'behavior.scaleUp': upwards,
    'behavior.scaleDown': downwards,
    windows: (_, whole) => windowsVerdict(whole),
    holidays: () => NO_HOLIDAYS,
  };
  return (clause, policy) => rules[clause](baseOf(policy), policy);
}

/** Each window must be read and kept by KEDA's own cron. */
function windowsVerdict(policy: Policy): Fidelity {
  if (policy.kind !== 'schedule') return FLOOR;
  const parities = policy.windows.map((window) => windowParity(policy, window));
  const reasons = (kind: 'refused' | 'clock-change'): string =>
    parities.flatMap((parity) => (parity.kind === kind ? [parity.why] : [])).join(' ');
  const [refusal, change] = [reasons('refused'), reasons('clock-change')];
  if (refusal !== '') return refused(refusal);
  return change === '' ? FLOOR : approximate(`${FLOOR.why} ${change}`);
}

function upwards({ behavior, minReplicas }: BasePolicy): Fidelity {
  const verdict = upVerdict(behavior);
  if (verdict.fidelity === 'refused' || minReplicas > 0) return verdict;
  const { stabilizationWindowSeconds, selectPolicy } = behavior.scaleUp;
  if (selectPolicy === 'Disabled') return IGNORES_DISABLED_SCALE_UP;
  return stabilizationWindowSeconds > 0 ? WAKES_AT_ONCE : verdict;
}

function downwards({ behavior, minReplicas }: BasePolicy): Fidelity {
  const verdict = downVerdict(behavior);
  if (verdict.fidelity === 'refused' || minReplicas > 0) return verdict;
  const { policies, selectPolicy } = behavior.scaleDown;
  if (selectPolicy === 'Disabled') return SLEEPS_ANYWAY;
  return policies.length > 0 ? SLEEPS_AT_ONCE : verdict;
}

const BOUND = exact('KEDA has this bound itself.');

const TO_ZERO = exact(
  'KEDA goes to 0 itself when no message was left for the cooldown period; from 0 it starts 1 replica, and its HPA goes on from there.',
);

const GUARDED = exact(
  'The query is empty when a sample was scraped longer ago; without an answer neither KEDA nor its HPA changes the count.',
);

const UNDATED = approximate(
  "The broker's answer carries no instant: a poll that fails keeps the count, but counts that the broker no longer refreshes are taken as new.",
);

/** `getScaledObjectState` leaves out a metric whose cache is closed, and with it the error. */
const MAY_SLEEP_BLIND = approximate(
  'A poll that fails keeps the count, but one that meets the failed question of the HPA counts as an empty queue: in an outage longer than the cooldown period KEDA may go to 0; a minimum of 1 keeps the count.',
);

const UNGUARDED = approximate(
  'Of a calculated query Prometheus tells no age: samples up to 5 minutes old are taken as new.',
);

const HIGHEST_LIST = approximate(
  'KEDA asks for the waiting, the prioritized and the active jobs one by one and takes the highest count where the policy adds them up; it counts a delayed job when BullMQ has moved it, and reads jobs per replica as a whole number.',
);

const PRESENT = exact('Redis counts at the moment of the poll; a poll that fails keeps the count.');

const TIMETABLE = exact('Cron triggers alone move the count; outside every window it is the minimum.');

const NO_TRIGGER = refused(
  'A ScaledObject needs a trigger, and a constant without windows has none; write the count into the Deployment, or choose the own scaler.',
);

const TIMELESS = exact('A clock is never stale.');

const NO_PAST = refused(
  'KEDA does not know that the latch was open, and only a Prometheus can be asked for the past: give it plain series selectors of a prometheus source, or choose the own scaler.',
);

const BLIND_DRAIN = refused(
  "Without 'unackedQuery' work in flight cannot be told from none, so 'drained' would kill it; add 'unackedQuery' or stop on 'ready-empty'.",
);

const REMEMBERED_START = approximate(
  'Prometheus is asked whether the mark was reached since the queue was last dry: a peak between two scrapes is not seen, and after an hour without reaching it again the latch counts as closed.',
);

const REMEMBERED_WAIT = approximate(
  'No series tells the age of the oldest message: it opens when no scrape of that many seconds saw an empty queue, later than the age by up to a scrape.',
);

const OPENS_ALL = approximate(
  "The query tells whether the latch is open and not how far an age opened it: KEDA opens to all replicas for a residue as well; say `ageOpens: 'all'` where that is meant, or choose the own scaler.",
);

const ALL_OPEN = exact('The query asks for all replicas, whatever opened the latch.');

const REMEMBERED_STOP = approximate(
  'One scrape of a dry queue closes the latch; no second reading confirms it.',
);

const WAKES_AT_ONCE = approximate(
  'KEDA itself goes from 0 to 1 replica at its next poll, before any scale-up window; the window holds for the replicas above.',
);

const IGNORES_DISABLED_SCALE_UP = refused(
  "KEDA itself goes from 0 to 1 replica, also where 'scaleUp' is Disabled; raise 'minReplicas' to 1, or choose the own scaler.",
);

const SLEEPS_AT_ONCE = approximate(
  'Once no message is left for the cooldown period, KEDA itself goes from any count to 0 at once; the rate holds only while messages are left.',
);

const SLEEPS_ANYWAY = refused(
  "KEDA itself goes to 0 replicas, also where 'scaleDown' is Disabled; raise 'minReplicas' to 1, or choose the own scaler.",
);

const FLOOR = approximate(
  'A cron trigger raises the floor at the next poll, also while the queue cannot be read.',
);

const NO_HOLIDAYS = refused('A cron trigger knows no holidays; leave them out, or choose the own scaler.');

/** How KEDA keeps the limit on a reading's age, depending on the source. */
const AGES: Readonly<Record<KedaWorkload['source']['kind'], (plain: boolean) => Fidelity>> = {
  management: () => UNDATED,
  prometheus: (plain) => (plain ? GUARDED : UNGUARDED),
  redis: () => PRESENT,
  clock: () => TIMELESS,
};
