/** Findings of public manifest linters in dist/: every one is fixed, or waived with a reason. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { ensureTools } from '../../packages/testbed/lib/tools.ts';
import { asLine, type Finding, sortFindings } from '../scanners/findings.ts';
import { readable } from '../scanners/readable.ts';
import { reportOf, type Scanned } from '../scanners/report.ts';
import * as scanners from '../scanners/scanners.ts';
import { type Definitions, writeSchemas } from '../scanners/schemas.ts';
import * as tools from '../scanners/tools.ts';
import { waivers } from '../scanners/waivers.ts';
import { openApi } from './api.ts';
import { installCrds } from './crds.ts';
import { environments, manifests, manifestsOf, objectOf } from './rendered.ts';
import { sharedCluster } from './shared.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sluice-scores-'));
const schemas = join(scratch, 'schemas');
let cluster: Cluster;
let kubernetes = '';

beforeAll(async () => {
  await ensureTools(Object.values(tools));
  cluster = await sharedCluster();
  await installCrds(
    cluster,
    manifests.map(({ object }) => object),
  );
  const api = await openApi(cluster.kubeconfig);
  const version = (await api.ask('/version')).body as { readonly major: string; readonly minor: string };
  kubernetes = `${version.major}.${version.minor}`;
  const { definitions } = (await api.ask('/openapi/v2')).body as { readonly definitions: Definitions };
  expect(writeSchemas(schemas, definitions)).toBeGreaterThan(100);
  api.close();
});

afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
});

function caseOf(environment: string): scanners.Case {
  const files = readable(manifestsOf(environment));
  for (const [path, text] of files) {
    mkdirSync(join(scratch, dirname(path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
  }
  const paths = [...files.keys()].map((path) => path.slice(environment.length + 1));
  return { environment, folder: join(scratch, environment), files: paths, schemas, kubernetes };
}

async function scan(one: scanners.Case) {
  const verdicts = {
    'kube-score': await scanners.runKubeScore(one),
    kubeconform: await scanners.runKubeconform(one),
    kubesec: await scanners.runKubesec(one),
    trivy: await scanners.runTrivy(one),
  };
  return { verdicts, findings: Object.values(verdicts).flatMap(({ findings }) => findings) };
}

const scanned: Scanned[] = [];

describe.each(environments)('dist/%s', (environment) => {
  test('has no finding that is not waived', async () => {
    const one = caseOf(environment);
    const { verdicts, findings } = await scan(one);
    const files = one.files.length;
    expect(verdicts.kubeconform.asked).toBe(files);
    expect(verdicts.kubesec.asked).toBeGreaterThanOrEqual(5);
    expect(verdicts['kube-score'].asked).toBeGreaterThan(100);
    expect(verdicts.trivy.asked).toBeGreaterThan(1000);
    const sorted = sortFindings(findings, waivers);
    scanned.push({ environment, sorted, points: verdicts.kubesec.points });
    expect(sorted.open.map(asLine)).toEqual([]);
  });
});

test('every waiver still covers something', () => {
  const used = (index: number) => scanned.some(({ sorted }) => sorted.waived[index]?.findings.length);
  expect(scanned).toHaveLength(environments.length);
  expect(waivers.filter((_, index) => !used(index))).toEqual([]);
});

test('the committed report says the same', async () => {
  const page = fileURLToPath(new URL('../../docs/reference/scores.md', import.meta.url));
  await expect(reportOf(scanned)).toMatchFileSnapshot(page);
});

test('each scanner sees a bad manifest', async () => {
  const folder = join(scratch, 'bad');
  mkdirSync(join(folder, 'app'), { recursive: true });
  const consumer = objectOf('local', 'Deployment', 'consumer');
  const containers = [{ name: 'consumer', image: 'busybox', securityContext: { privileged: true } }];
  const spec = consumer.spec as { readonly template: object };
  const template = { ...spec.template, spec: { hostNetwork: true, hostPID: true, containers } };
  const file = 'app/deployment-bad.yaml';
  const bad = { ...consumer, spec: { ...spec, replica: 1, template } };
  writeFileSync(join(folder, file), JSON.stringify(bad));
  const { findings } = await scan({ ...caseOf('local'), environment: 'bad', folder, files: [file] });
  const has = (by: string, check: RegExp) =>
    findings.some((one: Finding) => one.scanner === by && check.test(one.check));
  expect(has('kube-score', /^container-security-context-privileged$/)).toBe(true);
  expect(has('kubeconform', /^statusInvalid$/)).toBe(true);
  expect(has('kubesec', /^Privileged$/)).toBe(true);
  expect(has('trivy', /^AVD-KSV-0017$/)).toBe(true);
});
