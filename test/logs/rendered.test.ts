import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { render } from '../../apps/testing/desired-state.ts';
import { LOG_AGENT_FLAGS } from '../../charts/log-agent.ts';
import type { CollectorConfig } from '../../charts/log-collector.ts';
import { environments } from '../../environments/index.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { otelCollector } from '../../packages/testbed/tools.ts';

interface Release {
  readonly spec: {
    readonly source: {
      readonly helm: { readonly valuesObject: { readonly alternateConfig: CollectorConfig } };
    };
  };
}

const files = render(environments);
const releases = [...files.keys()].filter((path) => /application-opentelemetry-\w+\./.test(path));

describe('the file of a collector', () => {
  let program = '';
  const folder = mkdtempSync(join(tmpdir(), 'collector-'));

  beforeAll(async () => {
    program = join(await ensureTool(otelCollector), 'otel-collector');
  });

  /** @throws where the collector refuses the file */
  const validate = (config: object): void => {
    const path = join(folder, 'config.yaml');
    writeFileSync(path, stringify(config));
    execFileSync(program, ['validate', `--config=${path}`, ...LOG_AGENT_FLAGS], {
      env: {
        MY_POD_IP: '127.0.0.1',
        NODE_NAME: 'node-1',
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: '443',
      },
      stdio: 'pipe',
    });
  };
  const configOf = (path: string): CollectorConfig => {
    const { alternateConfig } = (parse(files.get(path) ?? '') as Release).spec.source.helm.valuesObject;
    return alternateConfig;
  };

  it('is rendered for both collectors of every environment', () => {
    expect(releases).toHaveLength(2 * environments.length);
  });

  it.each(releases)('is what the collector takes: %s', (path) => {
    validate(configOf(path));
  });

  it('would be refused with an option that there is not', () => {
    const config = configOf(releases[0] ?? '');
    const processors = { ...config.processors, redaction: { hidden: [] } };
    expect(() => validate({ ...config, processors })).toThrow(/hidden/);
  });
});
