import * as z from 'zod';

/** An answer with status 200 from the API server, or from a proxy before it, that has the wrong content. */
export class AnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AnswerError';
  }
}

const text = z.string().min(1, { error: 'must not be empty' });
const int32 = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** What else there is of an object's metadata is kept: a Lease is written back with it. */
const metadata = z.looseObject({
  name: text,
  namespace: text,
  /** Without it a write could not be guarded. */
  resourceVersion: text,
  uid: z.exactOptional(text),
});

/** `spec.replicas` is left out at 0. */
export const scaleAnswer = z.object({
  kind: z.literal('Scale'),
  apiVersion: z.literal('autoscaling/v1'),
  metadata,
  spec: z.object({ replicas: z.exactOptional(int32) }),
});

/** The API server fills in an absent minimum: 1. */
export const autoscalerAnswer = z.object({
  kind: z.literal('HorizontalPodAutoscaler'),
  apiVersion: z.literal('autoscaling/v2'),
  metadata,
  spec: z.object({ minReplicas: z.exactOptional(int32) }),
});

/** The time as the client returns it: not always a Date. */
const instant = z.union([z.date(), z.iso.datetime({ offset: true })]);
const annotations = z.exactOptional(z.record(z.string(), z.string()));

/** A Lease as the API server answers it. */
export const leaseAnswer = z.object({
  kind: z.literal('Lease'),
  apiVersion: z.literal('coordination.k8s.io/v1'),
  metadata: metadata.extend({ annotations }),
  spec: z.exactOptional(
    z
      .object({
        holderIdentity: z.exactOptional(z.string()),
        leaseDurationSeconds: z.exactOptional(int32),
        leaseTransitions: z.exactOptional(int32),
        acquireTime: z.exactOptional(instant),
        renewTime: z.exactOptional(instant),
      })
      .refine((spec) => !spec.holderIdentity || (spec.leaseDurationSeconds ?? 0) > 0, {
        path: ['leaseDurationSeconds'],
        error: 'must be above 0 of a Lease that is held',
      }),
  ),
});

/** An Event as the API server answers it. */
export const eventAnswer = z.object({
  kind: z.literal('Event'),
  apiVersion: z.literal('events.k8s.io/v1'),
  metadata,
});

interface Named {
  readonly name: string;
  readonly namespace: string;
}

type Answer = z.ZodObject<{ kind: z.ZodLiteral<string>; metadata: z.ZodType<Named> }>;

/**
 * The answer, once it is known to be about the object that was asked for.
 * @throws {AnswerError} that names the object and the fields, and repeats no value: the answer may be anyone's page
 */
export function checkAnswer<A extends Answer>(schema: A, answer: unknown, asked: Named): z.output<A> {
  const { name, namespace } = asked;
  const parsed = schema.safeParse(answer);
  const faults = (parsed.error?.issues ?? []).map(
    (issue) => `'${issue.path.join('.')}' ${constraint(issue)}`,
  );
  if (parsed.success) {
    const { metadata: answered } = parsed.data as z.output<Answer>;
    if (answered.name === name && answered.namespace === namespace) return parsed.data;
    faults.push("'metadata' is of another object");
  }
  const what = `no ${schema.shape.kind.value} '${namespace}/${name}'`;
  throw new AnswerError(`the API server answered with ${what}: ${faults.slice(0, 3).join('; ')}`);
}

/** Messages of the library may hold the value. */
const constraint = (issue: z.core.$ZodIssue): string =>
  issue.code === 'custom' ? issue.message : 'is not what it must be';

/** A Lease holds the histories, of up to 128 KiB. */
export const MAX_ANSWER_BYTES = 1024 * 1024;
