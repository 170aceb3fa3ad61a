import { REASONS } from '@sluice/policy';
import * as z from 'zod';

/** A decision is one sentence; what is longer is cut. */
const LONGEST_MESSAGE = 400;

const count = z.number().int().min(0).max(1_000_000);
const instant = z.number().int().min(0).max(8.64e15);

const told = {
  workload: z.string().min(1).max(253),
  reason: z.enum(REASONS),
  message: z.string().transform((text) => text.slice(0, LONGEST_MESSAGE)),
};

const decision = z.object({
  ...{ msg: z.literal('decision'), time: instant },
  ...{ current: count, replicas: count, ...told },
});

const countText = z
  .string()
  .regex(/^\d{1,7}$/)
  .transform(Number)
  .pipe(count);

/** A decision as a log store has it: each field of the line is text. */
export const decisionFields = z.object({ current: countText, replicas: countText, ...told });

const processed = z.object({
  msg: z.literal('job processed'),
  time: instant,
  outcome: z.enum(['succeeded', 'retried', 'parked']),
});

const line = z.discriminatedUnion('msg', [decision, processed]);

/** A line of a service that the board understands. @see services/README.md, "Lines that others read" */
export type ServiceLine = z.output<typeof line>;

/** @returns undefined for any other line, hostile ones among them */
export function parseServiceLine(text: string): ServiceLine | undefined {
  // Most lines of a log are of no interest: they are not parsed.
  if (!text.includes('"msg":"decision"') && !text.includes('"msg":"job processed"')) return undefined;
  try {
    const { success, data } = line.safeParse(JSON.parse(text));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}
