import { identifierOf } from './names.ts';

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
  const names = [...inside.split(',').map((each) => each.trim()), identifier].filter((each) => each !== '');
  return list
    .replace(last, () => `${last}\n${imported}`)
    .replace(whole, () => `${open}\n${names.map((each) => `  ${each},\n`).join('')}${close}`);
}
