import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { environments } from '../../apps/testing/desired-state.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { otelCollector } from '../../packages/testbed/tools.ts';
import { collectorConfigOf, collectorReleases, validateCollectorConfig } from '../support/collector-files.ts';

describe('the file of a collector', () => {
  let program = '';

  beforeAll(async () => {
    program = join(await ensureTool(otelCollector), 'otel-collector');
  });

  it('is rendered for both collectors of every environment', () => {
    expect(collectorReleases).toHaveLength(2 * environments.length);
  });

  it.each(collectorReleases)('is what the collector takes: %s', (path) => {
    validateCollectorConfig(program, collectorConfigOf(path));
  });

  it('would be refused with an option that there is not', () => {
    const config = collectorConfigOf(collectorReleases[0] ?? '');
    const processors = { ...config.processors, redaction: { hidden: [] } };
    expect(() => validateCollectorConfig(program, { ...config, processors })).toThrow(/hidden/);
  });
});
