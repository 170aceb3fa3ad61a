import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AlertRule, RuleFile } from './rules.ts';

const directory = mkdtempSync(join(tmpdir(), 'alerts-'));

/** Writes a file that promtool reads. @returns its path */
export function written(name: string, text: string): string {
  const path = join(directory, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
}

/** A rule file as a part of file names. */
export const nameOf = ({ path }: RuleFile): string => path.replaceAll('/', '-').replace(/\.yaml$/, '');

/** Writes one group of a rule file. @returns its path */
export const writtenGroup = (file: RuleFile, group: RuleFile['groups'][number]): string =>
  written(`${nameOf(file)}-${group.name}`, stringify({ groups: [group] }));

/**
 * Writes an alert with what its group records: its unit test evaluates these alone, at each of its minutes.
 * @returns its path
 */
export function writtenAlert({ file, group, name }: AlertRule): string {
  const rules = group.rules?.filter(({ alert }) => alert === undefined || alert === name);
  return written(`${nameOf(file)}-${group.name}-${name}-rules`, stringify({ groups: [{ ...group, rules }] }));
}
