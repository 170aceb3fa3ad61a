import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('.', import.meta.url);
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.ts$/.test(file) && !/\.test\.ts$|^testing\/|node_modules/.test(file),
);

it('the core imports itself and croner, nothing else', () => {
  const imported = sources.flatMap((file) =>
    [...readFileSync(new URL(file, root), 'utf8').matchAll(/^(?:import|export|\}).* from '([^']+)';$/gm)].map(
      ([, name]) => name ?? '',
    ),
  );
  expect(sources).toContain('decide/decide.ts');
  expect([...new Set(imported.filter((name) => !name.startsWith('.')))]).toEqual(['croner']);
});

it('and reads no clock, no environment and no chance', () => {
  const impure = /Date\.now|new Date\(\)|Math\.random|process\.|performance\.|setTimeout|fetch\(|console\./;
  expect(sources.filter((file) => impure.test(readFileSync(new URL(file, root), 'utf8')))).toEqual([]);
});
