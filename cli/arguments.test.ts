import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { parseOptions } from './arguments.ts';

const options = {
  format: { type: 'string', default: 'text' },
  'fail-on': { type: 'string' },
  json: { type: 'boolean' },
} as const;

function faultsOf(...args: string[]): readonly string[] {
  try {
    parseOptions('diff', args, options);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe('the options of a command', () => {
  it('are read with their defaults', () => {
    expect(parseOptions('diff', ['--fail-on=prune', '--json'], options).values).toEqual({
      format: 'text',
      'fail-on': 'prune',
      json: true,
    });
  });

  it('name every fault at once, and the option that was probably meant', () => {
    expect(faultsOf('--frmat', 'json', '--fail-on', '--json=yes', '--colour')).toEqual([
      "'--frmat' is no option here; did you mean '--format'?",
      "takes no argument 'json'; its options begin with --",
      "'--fail-on' needs a value",
      "'--colour' is no option here; 'npx sluice diff --help' lists them",
    ]);
  });

  it('refuse a value for a switch, and none for a value', () => {
    expect(faultsOf('--json=yes')).toEqual(["'--json' takes no value, such as 'yes'"]);
    expect(faultsOf('--format')).toEqual(["'--format' needs a value"]);
    expect(faultsOf('--format=')).toEqual([]);
  });

  it('leave a value that begins with a dash to the one who reads it', () => {
    expect(parseOptions('diff', ['--format', '-1', '--json'], options).values).toEqual({
      format: '-1',
      json: true,
    });
    expect(faultsOf('--format', '-1', '--json=yes')).toEqual(["'--json' takes no value, such as 'yes'"]);
  });

  it('know no option by the name of what every object has', () => {
    expect(faultsOf('--constructor')).toEqual([
      "'--constructor' is no option here; 'npx sluice diff --help' lists them",
    ]);
  });

  it('take arguments after a double dash where the command takes any', () => {
    expect(parseOptions('diff', ['main', '--', '--odd'], options, true).positionals).toEqual([
      'main',
      '--odd',
    ]);
    expect(faultsOf('main')).toEqual(["takes no argument 'main'; its options begin with --"]);
  });
});
