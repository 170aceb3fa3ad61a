import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** What a service must not do by itself, and the words that the linter refuses it with. */
const FORBIDDEN = {
  fetch: ["export const answer = fetch('http://broker');", 'global variable fetch'],
  request: ["export { request } from 'node:http';", 'HTTP through the client of services/runtime'],
  https: ["export { get } from 'node:https';", 'HTTP through the client of services/runtime'],
  undici: ["export { request } from 'undici';", 'HTTP through the client of services/runtime'],
  socket: ["export { connect } from 'node:net';", 'HTTP through the client of services/runtime'],
  secret: ["export { readFileSync } from 'node:fs';", 'read secrets through services/runtime'],
  promises: ["export { readFile } from 'node:fs/promises';", 'read secrets through services/runtime'],
  broker: [
    "import { connect } from 'amqplib';\nexport const opened = connect('amqp://a');",
    'services/runtime/amqp',
  ],
  metrics: ["export { Counter } from 'prom-client';", 'through services/runtime'],
} as const;

const directory = mkdtempSync(join(tmpdir(), 'sluice-lint-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Diagnostic {
  readonly location: { readonly path: string };
  readonly message: string;
}

let found: readonly Diagnostic[];
beforeAll(async () => {
  cpSync(join(ROOT, 'biome.json'), join(directory, 'biome.json'));
  for (const [name, [source]] of Object.entries(FORBIDDEN))
    for (const room of ['services/publisher', 'services/runtime', 'cli']) {
      const file = join(directory, room, `${name}.ts`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${source}\n`);
    }
  const args = [
    'lint',
    '--vcs-enabled=false',
    '--reporter=json',
    '--max-diagnostics=none',
    'services',
    'cli',
  ];
  const biome = join(ROOT, 'node_modules/.bin/biome');
  const { stdout } = await promisify(execFile)(biome, args, { cwd: directory }).catch(
    (failed: { stdout: string }) => failed,
  );
  found = (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
});

it.each(Object.entries(FORBIDDEN))('a service cannot reach past the runtime: %s', (name, [, words]) => {
  const of = (room: string) => found.filter(({ location: { path } }) => path.endsWith(`${room}/${name}.ts`));
  expect(of('services/publisher').map((one) => JSON.stringify(one))).toEqual([
    expect.stringContaining(words),
  ]);
  expect(of('services/runtime')).toEqual([]);
  expect(of('cli')).toEqual([]);
});

/** `Date.parse`, and a `Date` that is made only to be read as milliseconds: what comes from elsewhere may be none. */
const OWN_READING = /\bDate\.parse\(|\bnew Date\([^)]+\)\.getTime\(/;
const THE_RULE = 'packages/contracts/instant.ts';

it('no service reads an instant by another rule than that of the contracts', () => {
  const files = globSync(['services/**/*.ts', 'packages/contracts/**/*.ts'], {
    cwd: ROOT,
    exclude: (name) => /\.test\.ts$|(^|\/)(testing|node_modules)$/.test(name),
  });
  expect(files).toContain(THE_RULE);
  const own = files.filter((file) => OWN_READING.test(readFileSync(join(ROOT, file), 'utf8')));
  // The client of Kubernetes has made a Date of it, which answers.ts has checked.
  expect(own.sort()).toEqual([THE_RULE, 'services/scaler/lease/kube-lease.ts']);
});
