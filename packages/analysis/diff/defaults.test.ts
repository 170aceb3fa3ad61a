import { describe, expect, it } from 'vitest';
import { same as ofPods } from './testing/corpus/defaults.ts';
import { same as ofOthers } from './testing/corpus/defaults-objects.ts';
import { compareYaml } from './testing.ts';

describe('a default that is written down', () => {
  it.each([...ofPods, ...ofOthers])('%s is no change, either way', (_, without, written) => {
    expect(compareYaml(without, written).changes).toEqual([]);
    expect(compareYaml(written, without).changes).toEqual([]);
  });
});
