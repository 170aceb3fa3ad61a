import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { desiredState } from '../apps/testing/desired-state.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { runSynth } from './synth.ts';

describe('sluice synth', () => {
  const printed = (): string => {
    const write = vi.mocked(process.stdout.write);
    return write.mock.calls.map(([text]) => String(text)).join('');
  };
  const fresh = async (): Promise<string> => {
    const root = mkdtempSync(join(tmpdir(), 'sluice-synth-'));
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await runSynth([], root, desiredState)).toBe(0);
    return root;
  };
  afterEach(() => vi.restoreAllMocks());

  it('renders, and changes nothing the second time', async () => {
    const root = await fresh();
    expect(await runSynth([], root, desiredState)).toBe(0);
    expect(printed()).toMatch(/\(\d+ new, 0 changed, 0 removed\)\n.*\(0 new, 0 changed, 0 removed\)/);
  });

  it('fails a check and lists what is missing, changed or stale, and writes nothing', async () => {
    const root = await fresh();
    rmSync(join(root, 'local/cluster/priorityclass-low.yaml'));
    appendFileSync(join(root, 'local/cluster/priorityclass-high.yaml'), '# edited\n');
    writeFileSync(join(root, 'local/cluster/role-mine.yaml'), '');
    expect(await runSynth(['--check'], root, desiredState)).toBe(1);
    expect(await runSynth(['--check'], root, desiredState)).toBe(1);
    for (const line of [
      'missing  dist/local/cluster/priorityclass-low.yaml',
      'changed  dist/local/cluster/priorityclass-high.yaml',
      'stale    dist/local/cluster/role-mine.yaml',
    ])
      expect(printed().split(line)).toHaveLength(3);
  });

  it('passes a check of what it has just written', async () => {
    expect(await runSynth(['--check'], await fresh(), desiredState)).toBe(0);
  });

  it('does not know other options', async () => {
    await expect(runSynth(['--chekc'])).rejects.toThrow(ConfigurationError);
  });
});
