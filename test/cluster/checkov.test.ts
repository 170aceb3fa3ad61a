/** What checkov says of dist: every finding is fixed, or stays with a reason. It needs no cluster, but python3. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureCheckov, runCheckov } from '../scanners/checkov.ts';
import { checkovWaivers as waivers } from '../scanners/checkov-waivers.ts';
import { asLine, type Sorted, sortFindings } from '../scanners/findings.ts';
import { readable } from '../scanners/readable.ts';
import { environments, manifestsOf, objectOf } from './rendered.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sluice-checkov-'));
// Installing it is no part of a check.
beforeAll(async () => void (await ensureCheckov()));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const write = (path: string, text: string): void => {
  mkdirSync(join(scratch, dirname(path)), { recursive: true });
  writeFileSync(join(scratch, path), text);
};

const sorted = new Map<string, Sorted>();

describe.each(environments)('dist/%s', (environment) => {
  test('has no finding that does not stay for a reason', async () => {
    for (const [path, text] of readable(manifestsOf(environment))) write(path, text);
    const { asked, unreadable, findings } = await runCheckov(environment, join(scratch, environment));
    expect(unreadable).toBe(0);
    expect(asked).toBeGreaterThan(300);
    const found = sortFindings(findings, waivers);
    sorted.set(environment, found);
    expect(found.open.map(asLine)).toEqual([]);
  });
});

test('every reason is still needed', () => {
  const needed = (index: number) => [...sorted.values()].some((one) => one.waived[index]?.findings.length);
  expect(sorted.size).toBe(environments.length);
  expect(waivers.filter((_, index) => !needed(index))).toEqual([]);
});

test('the committed page lists them', async () => {
  const rows = waivers.map((waiver, index) => {
    const findings = [...sorted.values()].flatMap((one) => one.waived[index]?.findings ?? []);
    // A Job that is named after its content has another name with each content.
    const objects = findings.map(({ object }) => object.replace(/-[0-9a-f]{10}$/, '-HASH'));
    const [first] = findings;
    return `| ${waiver.check} | ${first?.message} | ${[...new Set(objects)].sort().join(', ')} | ${waiver.reason} |`;
  });
  const page = fileURLToPath(new URL('../../docs/reference/checkov.md', import.meta.url));
  await expect(`# checkov

What [checkov](https://www.checkov.io) finds in \`dist/\`, and why it stays. A test runs it and compares with this page;
\`npm run test:cluster -- checkov -u\` writes it anew. A reason that is not needed any more fails the test.

| check | what it asks | objects | why they are right as they are |
| --- | --- | --- | --- |
${rows.join('\n')}
`).toMatchFileSnapshot(page);
});

test('it sees a bad manifest', async () => {
  const consumer = objectOf('local', 'Deployment', 'consumer');
  const containers = [{ name: 'consumer', image: 'busybox', securityContext: { privileged: true } }];
  const template = { metadata: { labels: { app: 'bad' } }, spec: { hostNetwork: true, containers } };
  write(
    'bad/deployment.json',
    JSON.stringify({ ...consumer, spec: { ...(consumer.spec as object), template } }),
  );
  const { findings } = await runCheckov('bad', join(scratch, 'bad'));
  const checks = findings.map(({ check }) => check);
  expect(checks).toEqual(expect.arrayContaining(['CKV_K8S_16', 'CKV_K8S_19']));
  expect(sortFindings(findings, waivers).open).not.toEqual([]);
});
