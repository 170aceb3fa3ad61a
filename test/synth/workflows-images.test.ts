import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { organization } from '../../environments/organization.ts';
import { changedServices, commitOf, SHARED, staleServices } from '../../scripts/ci/changed-services.ts';
import { ImageUpdateError, writeImages } from '../../scripts/ci/write-images.ts';
import { SERVICES } from '../../services/bundle.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const source = readFileSync(join(ROOT, 'environments', 'images.ts'), 'utf8');
const { registry } = organization;
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const reference = (name: string, tag = '0.1.0-g2156db5abcde'): string =>
  `${registry}/${name}:${tag}@${digest}`;

function faultsOf(updates: readonly string[]): readonly string[] {
  try {
    writeImages(source, updates);
  } catch (error) {
    if (error instanceof ImageUpdateError) return error.faults;
    throw error;
  }
  return [];
}

describe('which services a change goes into', () => {
  it('is the one whose folder it touches', () => {
    expect(changedServices(['services/scaler/loop.ts'], SERVICES)).toEqual(['scaler']);
  });

  it.each(SHARED)('is every service for %s', (input) => {
    const path = input.endsWith('/') ? `${input}deep/file.ts` : input;
    expect(changedServices([path], SERVICES)).toEqual(SERVICES);
  });

  it.each([
    'apps/workloads/consumer.ts',
    'dist/local/jobs/deployment-consumer.yaml',
    'services/scaler/loop.test.ts',
    'services/scaler/README.md',
    'services/runtime/testing/broker.ts',
    'policy/fixtures/trace.csv',
    'services/scaler-tools/main.ts',
    'other/package.json',
  ])('is none for %s', (path) => {
    expect(changedServices([path], SERVICES)).toEqual([]);
  });

  it('is every service for whatever else the Dockerfile copies', () => {
    const copied = readFileSync(join(ROOT, 'services', 'Dockerfile'), 'utf8')
      .split('\n')
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1))
      .filter((path) => !path.startsWith('services'));
    expect(copied).toContain('policy');
    for (const path of copied) {
      const folder = statSync(join(ROOT, path)).isDirectory();
      expect(changedServices([folder ? `${path}/file.ts` : path], SERVICES), path).toEqual(SERVICES);
    }
  });
});

describe('which images are stale', () => {
  const since = (paths: readonly string[]) => (range: string) =>
    range === '2156db5abcde..HEAD' ? paths : undefined;
  const released = { consumer: reference('consumer'), scaler: reference('scaler') };

  it('is found by the commit at the end of its tag', () => {
    const paths = ['services/consumer/main.ts'];
    expect(staleServices(['consumer', 'scaler'], released, since(paths))).toEqual(['consumer']);
  });

  it('is every one that names no commit, or one that git does not know', () => {
    const references = {
      consumer: 'registry.example/a/consumer:0.1.0',
      scaler: reference('scaler', '0.1.0-gfeedc0de'),
    };
    expect(staleServices(['consumer', 'scaler'], references, since([]))).toEqual(['consumer', 'scaler']);
  });

  it('is none that runs nowhere', () => {
    expect(staleServices(['web'], released, since(['services/web/main.ts']))).toEqual([]);
  });

  it.each([
    [reference('consumer'), '2156db5abcde'],
    ['registry.example/a/consumer:0.1.0-g2156db5abcde', '2156db5abcde'],
    ['registry.example/a/consumer:0.1.0', undefined],
    ['registry.example/a/consumer:0.1.0-gamma', undefined],
    [`registry.example/a/consumer@${digest}`, undefined],
  ])('reads %s', (image, commit) => {
    expect(commitOf(image)).toBe(commit);
  });
});

describe('writing images back', () => {
  it('changes the references that it is given and nothing else', () => {
    const written = writeImages(source, [
      `consumer=${reference('consumer')}`,
      `scaler=${reference('scaler')}`,
    ]);
    const without = (text: string): string => text.replaceAll(/^ {2}(?:consumer|scaler): `.*`,\n/gm, '');
    for (const name of ['consumer', 'scaler'])
      expect(written).toContain(`\`\${registry}/${name}:0.1.0-g2156db5abcde@${digest}\``);
    expect(without(written)).toBe(without(source));
  });

  it('stays as the formatter wants it', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sluice-images-')), 'images.ts');
    writeFileSync(
      file,
      writeImages(source, [`consumer=${reference('consumer', '1')}`, `scaler=${reference('scaler')}`]),
    );
    const biome = join(ROOT, 'node_modules', '.bin', 'biome');
    const { status, stdout, stderr } = spawnSync(
      biome,
      ['format', '--config-path', ROOT, '--vcs-enabled=false', file],
      { encoding: 'utf8' },
    );
    expect(status, stdout + stderr).toBe(0);
  });

  it('changes nothing the second time, whatever was written', () => {
    const names = fc.uniqueArray(
      fc.constantFrom(...SERVICES.filter((name) => source.includes(`  ${name}:`))),
      {
        minLength: 1,
      },
    );
    const tag = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,60}$/);
    fc.assert(
      fc.property(names, tag, (chosen, written) => {
        const updates = chosen.map((name) => `${name}=${reference(name, written)}`);
        const once = writeImages(source, updates);
        expect(writeImages(once, updates)).toBe(once);
        expect(writeImages(once, updates.toReversed())).toBe(once);
      }),
    );
  });

  it('reports every fault at once and names each', () => {
    expect(
      faultsOf([
        'consumer',
        `nobody=${reference('nobody')}`,
        `scaler=${registry}/scaler:latest`,
        `publisher=${reference('publisher')}`,
        `publisher=${reference('publisher')}`,
      ]),
    ).toEqual([
      "'update' (consumer) must be NAME=REFERENCE",
      "'name' (nobody) must be an image of environments/images.ts that is built here",
      `'scaler' (${registry}/scaler:latest) must be ${registry}/NAME:TAG@sha256:<64 hex digits>`,
      "'name' (publisher) must be given once",
    ]);
  });

  it.each([
    `registry.example/other/scaler:1@${digest}`,
    `${registry}-of-others/scaler:1@${digest}`,
    `${registry}/scaler@${digest}`,
    `${registry}/scaler:1@${digest}0`,
    `${registry}/scaler:1@${digest}\`, x: \``,
    `${registry}/scaler:1@${digest}\n`,
    `${registry}/Scaler:1@${digest}`,
    '',
  ])('refuses the reference %j', (given) => {
    expect(faultsOf([`scaler=${given}`])).toHaveLength(1);
  });

  it('refuses to write nothing', () => {
    expect(faultsOf([])).toEqual(["'updates' () must be at least one NAME=REFERENCE"]);
  });
});
