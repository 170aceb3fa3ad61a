import { describe, expect, it } from 'vitest';
import { local, production } from '../apps/testing/environments.ts';
import { localEnvironment, withPremadeSecrets } from './local-environment.ts';

const lab = { ...local, name: 'lab' };

describe('the environment that a command means where none is named', () => {
  it('is the one that is called local, wherever it stands in the list', () => {
    expect(localEnvironment('up', [production, local])).toBe(local);
  });

  it('is the first where none is called local', () => {
    expect(localEnvironment('up', [production, lab])).toBe(production);
  });

  it('must be there', () => {
    expect(() => localEnvironment('up', [])).toThrow('sluice up: environments/index.ts must list one');
  });

  it('is one whose Secrets are made beforehand where Secrets are made', () => {
    expect(withPremadeSecrets('secrets', [production, lab])).toBe(lab);
    expect(withPremadeSecrets('secrets', [lab, local])).toBe(local);
    expect(() => withPremadeSecrets('secrets', [production])).toThrow(
      "sluice secrets: no environment has 'secrets' of the kind pre-made: a secret manager has those of production",
    );
  });
});
