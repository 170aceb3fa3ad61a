/** The committed table of permissions, as data and as an oracle. */
import { readFileSync } from 'node:fs';

/** Where a ClusterRoleBinding grants: in every namespace, and what is in none. */
export const EVERYWHERE = 'every one';

export interface Permission {
  /** NAMESPACE/NAME of a ServiceAccount. */
  readonly who: string;
  /** A namespace, '' for what is in none, or {@link EVERYWHERE}. */
  readonly where: string;
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** With its subresource: 'deployments/scale'. */
  readonly resource: string;
  /** Undefined where any name is allowed. */
  readonly name?: string | undefined;
}

const table = new URL('../synth/golden/permissions.md', import.meta.url);

/** The rows below an environment's heading. */
export function permissionsIn(environment: string): Permission[] {
  const sections = readFileSync(table, 'utf8').split(/^## /m);
  const section = sections.find((each) => each.startsWith(`${environment}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| (?!-)/.test(line))
    .slice(1)
    .map((line) => {
      const [, who = '', where = '', verb = '', what = '', name = ''] = line
        .split('|')
        .map((cell) => cell.trim());
      const [group = '', ...resource] = what.split('/');
      return { who, where, verb, group, resource: resource.join('/'), ...(name === 'any' ? {} : { name }) };
    });
}

/** A question to the API server; it has a name unless it is about the whole collection. */
export type Wish = Permission;

export const isGranted = (table: readonly Permission[], wish: Wish): boolean =>
  table.some(
    (row) =>
      row.who === wish.who &&
      [EVERYWHERE, wish.where].includes(row.where) &&
      row.verb === wish.verb &&
      row.group === wish.group &&
      row.resource === wish.resource &&
      (row.name === undefined || row.name === wish.name),
  );
