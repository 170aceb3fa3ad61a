import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registeredMetrics } from './registered-metrics.ts';

const servicesOf = (files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'sluice-services-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
};

describe('the metrics that services register', () => {
  it('are names in files that use prom-client, with the first line of each service', () => {
    const uses = "import { Counter } from 'prom-client';\n";
    const root = servicesOf({
      'a/metrics.ts': `${uses}new Counter({ name: 'jobs_done_total' });\nx('jobs_done_total');\n`,
      'a/metrics.test.ts': `${uses}new Counter({ name: 'only_tested' });\n`,
      'a/other.ts': "const name = 'never_registered';\n",
      'b/table.ts': `${uses}const all = {\n  jobs_done_total: {\n  },\n};\n`,
    });
    expect(Object.fromEntries(registeredMetrics(root))).toEqual({
      jobs_done_total: [
        { service: 'a', place: 'services/a/metrics.ts:2' },
        { service: 'b', place: 'services/b/table.ts:3' },
      ],
    });
  });

  it('of this repository stand where they are said to', () => {
    const all = registeredMetrics();
    expect(all.size).toBeGreaterThan(10);
    for (const [name, registrations] of all)
      for (const { place } of registrations) {
        const [path = '', line] = place.split(':');
        const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
        expect(text.split('\n')[Number(line) - 1]).toContain(name);
      }
  });
});
