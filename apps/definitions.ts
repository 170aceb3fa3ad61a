import type { Environment } from '../environments/environment.ts';
import { Checks } from '../packages/contracts/checks.ts';
import type { Manifest } from '../packages/manifests/manifests.ts';
import { catalog } from './addons/catalog.ts';
import { installedAddons } from './addons/log-stores.ts';

type Wanted = Pick<Environment, 'name' | 'addons' | 'definitions' | 'logs' | 'transactions' | 'web'>;

/** The API groups of Istio, which an environment that has it split requests has installed by other means. */
const ISTIO = ['networking.istio.io'];

/** Every API server has groups without a dot, and those of Kubernetes itself. */
const isBuiltIn = (group: string): boolean => !group.includes('.') || group.endsWith('.k8s.io');

/**
 * Argo CD cannot sync an object whose kind the cluster does not define.
 * @param manifests All of an environment's.
 * @throws {ChartError} with every kind that neither an addon nor the environment brings
 */
export function checkDefinitions(environment: Wanted, manifests: readonly Manifest[]): void {
  const { definitions = [], name } = environment;
  const checks = new Checks(`Environment '${name}'`);
  const defined = definedIn(environment);
  for (const each of definitions)
    checks.that(
      isAddon(each) || isKind(each),
      `'definitions' (${each}) must name an addon, or group/Kind such as example.com/Widget`,
    );
  for (const [kind, { metadata }] of customKinds(manifests))
    checks.that(defined.has(kind) || defined.has(groupOf(kind)), missing(kind, metadata.name));
  checks.done();
}

/** `group/Kind` or the group, of all that is defined in the cluster. */
function definedIn({ definitions = [], web, ...environment }: Wanted): ReadonlySet<string> {
  return new Set([
    ...[...installedAddons(environment), ...definitions].flatMap((each) =>
      isAddon(each) ? (catalog[each].defines ?? []) : [each],
    ),
    ...(web.canary === 'istio' ? ISTIO : []),
  ]);
}

const isAddon = (name: string): name is keyof typeof catalog => Object.hasOwn(catalog, name);

const isKind = (name: string): boolean => /^[a-z0-9-]+(\.[a-z0-9-]+)+\/[A-Z]\w*$/.test(name);

const groupOf = (kind: string): string => kind.slice(0, kind.indexOf('/'));

/** `group/Kind` of each custom resource -> the first object of it. */
function customKinds(manifests: readonly Manifest[]): ReadonlyMap<string, Manifest> {
  const found = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const [group = '', version] = manifest.apiVersion.split('/');
    const kind = `${group}/${manifest.kind}`;
    if (version !== undefined && !isBuiltIn(group) && !found.has(kind)) found.set(kind, manifest);
  }
  return found;
}

function missing(kind: string, example: string): string {
  const [addon] = Object.values(catalog).filter(({ defines = [] }) =>
    defines.some((each) => each === kind || each === groupOf(kind)),
  );
  const what = `'addons' must define ${kind} (${example})`;
  return addon === undefined
    ? `${what}, which none of them does: where the cluster has its definition already, 'definitions' names ${kind}`
    : `${what}: the addon ${addon.name} does, or, where the cluster has its definition already, 'definitions' names ${addon.name}`;
}
