import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toolDir } from '../../packages/testbed/lib/tools.ts';
import { otelCollector } from '../../packages/testbed/tools.ts';
import { collectorConfigOf, collectorReleases, validateCollectorConfig } from '../support/collector-files.ts';

const program = join(toolDir(otelCollector), 'bin', 'otel-collector');
const isBuilt = existsSync(program);
if (!isBuilt)
  console.warn(
    "skipped: the files of the collectors by the collector. It is not built: 'npm run test:logs' builds it (four minutes, once; needs Go)",
  );

it.each(collectorReleases)(
  'the file of a collector uses what it configures, and configures what it uses: %s',
  (path) => {
    const { service, receivers, processors, exporters, extensions } = collectorConfigOf(path);
    const { logs } = service.pipelines;
    expect(Object.keys(receivers).sort()).toEqual([...logs.receivers].sort());
    expect(Object.keys(processors).sort()).toEqual([...logs.processors].sort());
    expect(Object.keys(exporters).sort()).toEqual([...logs.exporters].sort());
    expect(Object.keys(extensions).sort()).toEqual([...service.extensions].sort());
  },
);

describe.skipIf(!isBuilt)('a rendered file', () => {
  it.each(collectorReleases)('is what the collector takes: %s', (path) => {
    validateCollectorConfig(program, collectorConfigOf(path));
  });
});
