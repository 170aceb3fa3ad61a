/**
 * Custom resource definitions from the Go modules of the projects that make them: a module's archive is
 * versioned, checked against a public log of hashes, and cached by Go.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Cluster, KubernetesObject } from '../cluster.ts';
import { run } from './run.ts';
import { until } from './until.ts';

/** Server-side apply of objects in the given order; unknown fields are refused. */
export async function applyWith(
  kubectl: Cluster['kubectl'],
  objects: readonly KubernetesObject[],
): Promise<void> {
  if (objects.length === 0) return;
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  const how = ['--server-side', '--force-conflicts', '--field-manager=sluice-testbed', '--validate=strict'];
  await kubectl(['apply', ...how, '-f', '-'], { input: JSON.stringify(list) });
}

/** The Go module that custom resource definitions are taken from. */
export interface DefinitionSource {
  readonly module: string;
  readonly version: string;
  /** Where in the module. */
  readonly folder: string;
}

/** A CustomResourceDefinition. */
export interface Definition extends KubernetesObject {
  readonly spec: { readonly group: string; readonly names: { readonly kind: string } };
}

/** @returns where the files of a module are, downloaded if need be */
export async function moduleFolder(module: string, version: string): Promise<string> {
  // Outside any module: what it downloads is none of this project's own requirements.
  const download = ['go', 'mod', 'download', '-json', `${module}@${version}`];
  const { stdout } = await run(download, { cwd: '/', seconds: 600 });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/** @returns every CustomResourceDefinition in the folder of a module */
export async function definitionsOf({ module, version, folder }: DefinitionSource): Promise<Definition[]> {
  const root = join(await moduleFolder(module, version), folder);
  return readdirSync(root)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(join(root, file), 'utf8')))
    .map((document) => document.toJS() as Definition)
    .filter((one) => one?.kind === 'CustomResourceDefinition');
}

/** Resolves when the API server serves them. */
export async function applyDefinitions(cluster: Cluster, definitions: readonly Definition[]): Promise<void> {
  if (definitions.length === 0) return;
  await cluster.apply(definitions);
  const all = definitions.map(({ metadata }) => `customresourcedefinition/${metadata.name}`);
  const wait = ['wait', '--for=condition=Established', '--timeout=60s', ...all];
  // A definition has no conditions at all in its first moment, and `wait` takes that for an error.
  await until('the definitions', 60, async () => (await cluster.kubectl(wait, { check: false })).code === 0);
}
