import type { World } from '../manifests/links/world.ts';
import { objectRules } from './objects.ts';
import { podSecurity } from './pod-security.ts';
import { podRules } from './pods.ts';
import { projectRules } from './projects.ts';
import { quotaRules } from './quotas.ts';
import type { Rule, Violation } from './rule.ts';
import { scalingRules } from './scaling.ts';

const rules: readonly Rule[] = [podRules, podSecurity, scalingRules, quotaRules, projectRules, objectRules];

/** Everything in an environment that cannot work as it says it. */
export const violationsIn = (world: World): readonly Violation[] =>
  world.objects.flatMap((object) => rules.flatMap((rule) => rule(object, world)));
