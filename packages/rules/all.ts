import type { ObjectIndex } from '../manifests/links/object-index.ts';
import type { DesiredObject } from '../manifests/objects.ts';
import { fieldRules } from './fields.ts';
import { kindRules } from './kinds.ts';
import { objectRules, type Rule, type Violation } from './objects.ts';
import { operatorRules } from './operators.ts';
import { podSecurity } from './pod-security.ts';
import { podRules } from './pods.ts';
import { projectRules } from './projects.ts';
import { quotaRules } from './quotas.ts';
import { scalingRules } from './scaling.ts';
import { targetRules } from './targets.ts';

const rules: readonly Rule[] = [
  fieldRules,
  podRules,
  podSecurity,
  scalingRules,
  quotaRules,
  projectRules,
  objectRules,
  kindRules,
  operatorRules,
  targetRules,
];

/** Objects of an environment that cannot work as written. @param which Objects to look at. @default all */
export const violationsIn = (
  world: ObjectIndex,
  which: (object: DesiredObject) => boolean = () => true,
): readonly Violation[] =>
  world.objects.filter(which).flatMap((object) => rules.flatMap((rule) => rule(object, world)));
