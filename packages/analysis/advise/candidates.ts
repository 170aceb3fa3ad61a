import { constant, drain, flow, latch, type Policy, proportional } from '@sluice/policy';
import type { Frame } from './labels.ts';

/** A policy and the line that says it. */
export interface Candidate {
  readonly policy: Policy;
  /** `flow({ targetWaitSeconds: 60, podStartSeconds: 10, maxReplicas: 25 })` */
  readonly line: string;
}

/** Every kind of policy with the parameters that are worth a try, in an order of their own. */
export function candidatesOf(frame: Frame): readonly Candidate[] {
  const all = [
    ...flows(frame),
    ...drains(frame),
    ...proportionals(frame),
    ...latches(frame),
    ...constants(frame),
  ];
  return [...new Map(all.map((candidate) => [candidate.line, candidate])).values()];
}

type Props = Readonly<Record<string, unknown>>;

function candidate<P extends object>(name: string, make: (props: P) => Policy, props: P): Candidate {
  return { policy: make(props), line: `${name}(${literal(props)})` };
}

/** Writes a value as TypeScript in the style of this repository. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const fields = Object.entries(value as Props).map(([key, inner]) => `${key}: ${literal(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

const falling = (seconds: number) => ({ behavior: { scaleDown: { stabilizationWindowSeconds: seconds } } });

/** From about a pod's start to the HPA's five minutes: shorter only costs changes. */
const windowsOf = ({ timing }: Frame): readonly number[] => {
  const start = timing.podStartSeconds + timing.service.meanSeconds;
  return [...new Set([Math.ceil(Math.max(timing.pollSeconds, 2 * start)), 60, 120, 300])];
};

const distinct = (values: readonly number[]): number[] =>
  [...new Set(values.map((value) => Math.max(1, Math.round(value))))].sort((a, b) => a - b);

function latches({ maxReplicas, waits }: Frame): Candidate[] {
  return distinct([maxReplicas, maxReplicas / 2, maxReplicas / 4]).flatMap((replicas) =>
    [1, 10, 100].flatMap((readyAtLeast) =>
      readyAtLeast === 1
        ? [candidate('latch', latch, { replicas, startWhen: { readyAtLeast } })]
        : distinct([(waits[0] ?? 60) / 2]).map((oldestWaitSeconds) =>
            candidate('latch', latch, { replicas, startWhen: { readyAtLeast, oldestWaitSeconds } }),
          ),
    ),
  );
}

const proportionals = (frame: Frame): Candidate[] =>
  [1, 2, 5, 10, 25].flatMap((perReplica) =>
    windowsOf(frame).map((window) =>
      candidate('proportional', proportional, {
        perReplica,
        maxReplicas: frame.maxReplicas,
        ...falling(window),
      }),
    ),
  );

function drains(frame: Frame): Candidate[] {
  const { timing, maxReplicas, waits } = frame;
  const { podStartSeconds, service } = timing;
  const common = { meanServiceSeconds: service.meanSeconds, podStartSeconds, maxReplicas };
  return waits.flatMap((sloSeconds) =>
    windowsOf(frame).flatMap((window) => [
      candidate('drain', drain, { sloSeconds, sloOf: 'wait' as const, ...common, ...falling(window) }),
      ...(sloSeconds > podStartSeconds + service.meanSeconds
        ? [candidate('drain', drain, { sloSeconds, ...common, ...falling(window) })]
        : []),
    ]),
  );
}

function flows(frame: Frame): Candidate[] {
  const { timing, maxReplicas, waits } = frame;
  const { podStartSeconds, service } = timing;
  const common = { initialServiceSeconds: service.meanSeconds, podStartSeconds, maxReplicas };
  return waits.flatMap((targetWaitSeconds) =>
    [0.6, 0.8, 0.95].flatMap((targetUtilization) =>
      windowsOf(frame)
        .slice(0, 3)
        .map((window) =>
          candidate('flow', flow, { targetWaitSeconds, targetUtilization, ...common, ...falling(window) }),
        ),
    ),
  );
}

/** Fixed counts without scaling: enough for the mean, for the busiest hour, and the maximum. */
const constants = ({ timing, maxReplicas, meanPerSecond, busiestPerSecond }: Frame): Candidate[] =>
  distinct(
    [meanPerSecond, busiestPerSecond].map((rate) => Math.ceil((rate * timing.service.meanSeconds) / 0.8)),
  )
    .concat(maxReplicas)
    .filter((replicas) => replicas <= maxReplicas)
    .map((replicas) => candidate('constant', constant, { replicas }));
