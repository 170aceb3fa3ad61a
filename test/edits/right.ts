import type { Edit } from './edit.ts';
import { environmentEdits } from './right-environments.ts';
import { policyEdits } from './right-policies.ts';
import { workloadEdits } from './right-workloads.ts';

/** Every one must be green after `npx sluice synth` and the golden pages. */
export const rightEdits: readonly Edit[] = [...policyEdits, ...environmentEdits, ...workloadEdits];
