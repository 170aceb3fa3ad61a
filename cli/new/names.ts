import { applications } from '../../apps/main.ts';
import { environments } from '../../environments/index.ts';

/**
 * A list of modules with one more: its import, and its name in the list.
 * @param file What the list is called in a fault
 * @throws {Error} where the list is not written as this repository writes it
 */
export function registered(list: string, name: string, file: string): string {
  const identifier = identifierOf(name);
  const imported = `import { ${identifier} } from './${name}.ts';`;
  const last = (list.match(/^import .*;$/gm) ?? []).at(-1);
  const entries = /(= \[)([^\]]*)(\];)/.exec(list);
  if (last === undefined || entries === null) throw new Error(`${file} must hold imports and one list`);
  const [whole, open = '', inside = '', close = ''] = entries;
  // What is there stays as it is written; the linter breaks a line that has become too long.
  const before = inside.trimEnd().replace(/([^,[])$/, '$1,');
  return list
    .replace(last, () => `${last}\n${imported}`)
    .replace(whole, () => `${open}${before}\n  ${identifier},\n${close}`);
}

/** Names that a namespace of the cluster has already. */
const RESERVED = ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'monitoring', 'argocd'];

/** `thumb-nails` -> `thumbNails`, what its constant is called. */
export const identifierOf = (name: string): string =>
  name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** @returns every reason why an environment cannot have the name */
export function environmentFaults(name: string): string[] {
  return [
    ...labelFaults(name),
    ...(environments.some((one) => one.name === name)
      ? [`'name' (${name}) must not be taken by an environment`]
      : []),
    // Modules and folders beside the environments.
    ...(['environment', 'images', 'index', 'organization', 'versions'].includes(name)
      ? [`'name' (${name}) must not be that of another module of environments/`]
      : []),
  ];
}

/** What it is called in a cluster, and in a module. */
function labelFaults(name: string): string[] {
  const faults: string[] = [];
  if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    faults.push(`'name' (${name}) must be a DNS label: a-z, 0-9 and -, at most 63`);
  if (KEYWORDS.has(identifierOf(name)))
    faults.push(`'name' (${name}) must not be a word of TypeScript: it could not be exported`);
  return faults;
}

/** @returns every reason why a workload cannot have the name */
export function nameFaults(name: string): string[] {
  const faults = labelFaults(name);
  if (RESERVED.includes(name)) faults.push(`'name' (${name}) must not be a namespace of the cluster itself`);
  if (applications.some((one) => one.name === name || one.namespace === name))
    faults.push(`'name' (${name}) must not be taken by an application of apps/`);
  return faults;
}

/** @returns every reason why a queue cannot have the name; 255 bytes is AMQP's short string */
export function queueFaults(queue: string): string[] {
  const fits = Buffer.byteLength(queue) <= 255 - '.parked'.length && !/[\p{Cc}\s]/u.test(queue);
  return fits && queue !== '' && !queue.startsWith('amq.')
    ? []
    : [`'--queue' (${queue}) must be 1 to 248 bytes without spaces, and not begin with amq.`];
}

/** @returns why the image cannot run: what runs today must be what runs after the next restart */
export function imageFaults(image: string | undefined): string[] {
  if (image === undefined) return [];
  const pinned =
    /^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/.test(image) &&
    /[:@][^/]+$/.test(image);
  return pinned && !/:latest(@|$)/.test(image)
    ? []
    : [`'--image' (${image}) must be pinned by a tag other than latest or a digest`];
}

const KEYWORDS = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await async of'.split(
    ' ',
  ),
);
