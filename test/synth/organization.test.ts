import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type * as Organization from '../../environments/organization.ts';
import { exampleCheckout } from '../edits/example.ts';

const FILE = 'environments/organization.ts';
const copy = exampleCheckout();
afterAll(() => copy[Symbol.dispose]());
const path = join(copy.root, FILE);
const { organization }: typeof Organization = await import(path);

/** What is this organisation's own -> what another has in its place; longer texts first. */
const OTHER: Readonly<Record<string, string>> = {
  [organization.registry]: 'registry.example:5000/team/of/people',
  [organization.repository.path]: 'others/desired',
  [organization.repository.host]: 'forge.example',
  [`branch: '${organization.repository.branch}'`]: "branch: 'desired'",
  [organization.domain]: 'pages.example',
  [organization.cloud.account]: '222233334444',
  [`prefix: '${organization.cloud.prefix}'`]: "prefix: 'others'",
  [`owners: '${organization.owners}'`]: "owners: 'others'",
};

/** Every text below a folder, by its path. */
const textsOf = (folder: string): [string, string][] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    });

describe('another organisation', { timeout: 120_000 }, () => {
  const own = readFileSync(path, 'utf8');
  for (const text of Object.keys(OTHER)) if (!own.includes(text)) throw new Error(`${FILE} says no ${text}`);
  const others = Object.entries(OTHER).reduce((text, [from, to]) => text.replaceAll(from, to), own);
  writeFileSync(path, others);
  const synth = copy.sluice('synth');
  const dist = textsOf(join(copy.root, 'dist'));
  const isIn = (text: string): string[] => dist.filter(([, each]) => each.includes(text)).map(([at]) => at);

  it('is one file to change, and nothing of the former one is rendered', () => {
    expect([synth.code, synth.err]).toEqual([0, '']);
    const { registry, repository, domain, cloud } = organization;
    const former = [
      registry,
      `${repository.host}/${repository.path}`,
      `${repository.host}:${repository.path}`,
    ];
    for (const text of [...former, domain, cloud.account, `${cloud.prefix}-production`])
      expect(isIn(text), text).toEqual([]);
  });

  it('has another branch, which everything that follows the repository names', () => {
    const { branch } = organization.repository;
    const follow = [`targetRevision: ${branch}`, `/blob/${branch}/`, `value: ${branch}`];
    for (const text of follow) expect(isIn(text), text).toEqual([]);
    for (const text of ['targetRevision: desired', '/blob/desired/', 'value: desired'])
      expect(isIn(text).length, text).toBeGreaterThan(0);
  });

  it('is wherever the former one was', () => {
    for (const text of [
      'registry.example:5000/team/of/people/consumer:',
      'https://forge.example/others/desired',
    ])
      expect(isIn(text).length, text).toBeGreaterThan(0);
    for (const text of ['pages.example', 'arn:aws:iam::222233334444:', 'others-production'])
      expect(isIn(text).length, text).toBeGreaterThan(0);
  });
});
