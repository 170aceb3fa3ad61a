import { expect, it } from 'vitest';
import { podLabelsOf, podSpecOf } from './references.ts';

it.each(['constructor', '__proto__', 'toString'])('an object of the kind %s makes no pods', (kind) => {
  const object = { kind, fields: { kind, spec: { containers: [] } } } as unknown as Parameters<
    typeof podSpecOf
  >[0];
  expect(podSpecOf(object)).toBeUndefined();
  expect(podLabelsOf(object)).toEqual({});
});
