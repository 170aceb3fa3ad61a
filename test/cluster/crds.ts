/**
 * The custom resources that dist uses, from the Go modules of the projects that define them: a module's
 * archive is versioned, checked against a public log of hashes, and cached by Go.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Cluster, KubernetesObject } from '../bed/cluster.ts';
import { run } from '../bed/lib/run.ts';

interface Source {
  readonly module: string;
  readonly version: string;
  readonly folder: string;
}

export const sources: readonly Source[] = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.92.1',
    folder: 'example/prometheus-operator-crd',
  },
  {
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    folder: 'config/crds/bases',
  },
];

interface Definition extends KubernetesObject {
  readonly spec: { readonly group: string; readonly names: { readonly kind: string } };
}

/** @returns every CustomResourceDefinition of a module */
async function definitionsOf({ module, version, folder }: Source): Promise<Definition[]> {
  // Outside any module: what it downloads is none of this project's own requirements.
  const download = ['go', 'mod', 'download', '-json', `${module}@${version}`];
  const { stdout } = await run(download, { cwd: '/', seconds: 600 });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const root = join(Dir, folder);
  return readdirSync(root)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(join(root, file), 'utf8')))
    .map((document) => document.toJS() as Definition)
    .filter((one) => one?.kind === 'CustomResourceDefinition');
}

/** Installs the definitions of every kind among the objects that the server does not bring itself. */
export async function installCrds(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<string[]> {
  const used = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion.split('/')[0]}/${kind}`));
  const definitions = (await Promise.all(sources.map(definitionsOf)))
    .flat()
    .filter(({ spec }) => used.has(`${spec.group}/${spec.names.kind}`));
  await cluster.apply(definitions);
  const names = definitions.map(({ metadata }) => metadata.name);
  const all = names.map((name) => `customresourcedefinition/${name}`);
  if (all.length > 0) await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...all]);
  return names;
}
