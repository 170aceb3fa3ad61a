import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

interface Config {
  readonly nodes: readonly { readonly role: string; readonly extraPortMappings?: readonly object[] }[];
}

/** The cluster to try things on. A port has one listener: clusters of tests use other ports. */
const ENTRANCE = 'sluice';

/** Whether the node ports of the ingress controller are at the usual ports of this machine. */
export const hasUsualPorts = (name: string): boolean => name === ENTRANCE;

/** kind's configuration of the cluster of that name. @see https://kind.sigs.k8s.io/docs/user/configuration/ */
export function configOf(name: string): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'kind.yaml'), 'utf8');
  if (hasUsualPorts(name)) return text;
  const config = parse(text) as Config;
  return stringify({ ...config, nodes: config.nodes.map(({ role }) => ({ role })) });
}
