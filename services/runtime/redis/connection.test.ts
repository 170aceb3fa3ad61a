import { describe, expect, it } from 'vitest';
import { durabilityFaults, requireDurability } from './connection.ts';

const durable = {
  appendonly: 'yes',
  appendfsync: 'everysec',
  'maxmemory-policy': 'noeviction',
  'no-appendfsync-on-rewrite': 'no',
};

describe('the durability of a Redis', () => {
  it('is enough where it is as asked, or more', () => {
    expect(durabilityFaults(durable, 'everysec')).toEqual([]);
    expect(durabilityFaults({ ...durable, appendfsync: 'always' }, 'everysec')).toEqual([]);
    expect(durabilityFaults({ ...durable, appendfsync: 'always' }, 'always')).toEqual([]);
  });

  it('is not enough where a second may be lost and none may', () => {
    expect(durabilityFaults(durable, 'always')).toEqual(["'appendfsync' (everysec) must be always"]);
  });

  it('is refused with every fault', async () => {
    const settings = ['appendonly', 'no', 'appendfsync', 'no', 'maxmemory-policy', 'allkeys-lru'];
    const refused = requireDurability({ config: async () => settings }, 'everysec');
    await expect(refused).rejects.toMatchObject({
      faults: [
        "'appendonly' (no) must be yes: without its log, Redis forgets what it took",
        "'appendfsync' (no) must be everysec or always",
        "'no-appendfsync-on-rewrite' (not told) must be no: else nothing reaches the disk while the log is rewritten",
        "'maxmemory-policy' (allkeys-lru) must be noeviction: else Redis drops jobs when its memory is full",
      ],
    });
  });

  it('is read from a list and from a map', async () => {
    await expect(requireDurability({ config: async () => durable }, 'everysec')).resolves.toBeUndefined();
    const list = Object.entries(durable).flat();
    await expect(requireDurability({ config: async () => list }, 'everysec')).resolves.toBeUndefined();
  });
});
