import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mappings, type Module, readMappings } from '../mapping.ts';

export const shippedDirectory = join(import.meta.dirname, '..', 'mappings');

/** The mappings of files `NAME.yaml`, which have no faults. */
export function mappingsFrom(files: Readonly<Record<string, string>>): Mappings {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-mappings-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, `${name}.yaml`), text);
  return withoutFaults(directory);
}

export const moduleFrom = (text: string): Module => known(mappingsFrom({ one: text }), 'one');

export const shipped = (name: string): Module => known(withoutFaults(shippedDirectory), name);

function known({ modules }: Mappings, name: string): Module {
  const module = modules.get(name);
  if (module === undefined) throw new Error(`no module '${name}'`);
  return module;
}

function withoutFaults(directory: string): Mappings {
  const faults: string[] = [];
  const mappings = readMappings(directory, faults);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return mappings;
}
