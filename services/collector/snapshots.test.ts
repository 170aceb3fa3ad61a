import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type ClusterSnapshot,
  parseSnapshot,
  SNAPSHOT_SCHEMA,
  snapshotInstant,
  snapshotName,
} from '../../packages/contracts/cluster-snapshot.ts';
import { writeSnapshot } from './snapshots.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-snapshots-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const AT = Date.UTC(2026, 10, 29, 15, 10, 0);

const snapshot = (at: number, namespaces = 0): ClusterSnapshot => ({
  ...{ schema: SNAPSHOT_SCHEMA, takenAt: at, seconds: 1, missing: [], nodes: [], workloads: [], pods: [] },
  namespaces: Array.from({ length: namespaces }, (_, index) => ({
    ...{ name: `namespace "${index}"`, phase: 'Active', created: 1 },
  })),
  ...{ services: [], ingresses: [], autoscalers: [], claims: [], events: [], releases: [], applications: [] },
});

it('writes a snapshot that is read as it was, whatever its length', async () => {
  for (const [index, count] of [0, 1, 200, 201, 1000].entries()) {
    const wanted = snapshot(AT + index * 1000, count);
    const { file, bytes } = await writeSnapshot(folder, wanted, 10);
    const content = readFileSync(join(folder, file));
    expect([file, bytes]).toEqual([snapshotName(wanted.takenAt), content.length]);
    expect(parseSnapshot(gunzipSync(content).toString())).toEqual(wanted);
  }
});

it('keeps the newest, and every file that is no snapshot', async () => {
  writeFileSync(join(folder, 'notes.txt'), '');
  for (let minute = 0; minute < 5; minute += 1)
    await writeSnapshot(folder, snapshot(AT + minute * 60_000), 3);
  expect(readdirSync(folder).sort()).toEqual([
    ...['2026-11-29T151200Z.json.gz', '2026-11-29T151300Z.json.gz', '2026-11-29T151400Z.json.gz'],
    'notes.txt',
  ]);
});

it('leaves nothing behind when it fails, and removes what a killed run has left an hour ago', async () => {
  const old = `${snapshotName(AT - 2 * 60 * 60_000)}.7.tmp`;
  const recent = `${snapshotName(AT - 1000)}.8.tmp`;
  for (const name of [old, recent]) writeFileSync(join(folder, name), 'half');
  const circular = snapshot(AT, 1);
  Object.assign(circular.namespaces[0] ?? {}, { self: circular });
  await expect(writeSnapshot(folder, circular, 3)).rejects.toThrow();
  expect(readdirSync(folder).sort()).toEqual([old, recent].sort());
  await writeSnapshot(folder, snapshot(AT), 3);
  expect(readdirSync(folder).sort()).toEqual([recent, snapshotName(AT)].sort());
});

it('knows the instant of a name, and no other form', () => {
  expect(snapshotInstant('2026-11-29T151000Z.json.gz')).toBe(AT);
  for (const name of [
    '2026-13-29T151000Z.json.gz',
    '../2026-11-29T151000Z.json.gz',
    'x',
    '2026-11-29T151000Z.json.gz.1.tmp',
  ])
    expect(snapshotInstant(name)).toBeUndefined();
});
