import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { environments, render } from '../../apps/testing/desired-state.ts';
import { objectReader } from '../../apps/testing/rendered.ts';
import { LOG_AGENT_FLAGS } from '../../charts/log-agent.ts';
import type { CollectorConfig } from '../../charts/log-collector.ts';

interface Release {
  readonly spec: {
    readonly source: {
      readonly helm: { readonly valuesObject: { readonly alternateConfig: CollectorConfig } };
    };
  };
}

const files = render(environments);
const object = objectReader(files);

/** The Applications of both collectors of every environment. */
export const collectorReleases: readonly string[] = [...files.keys()].filter((path) =>
  /application-opentelemetry-\w+\./.test(path),
);

/** The file of a collector, as its chart is given it. */
export const collectorConfigOf = (path: string): CollectorConfig =>
  (object(path) as Release).spec.source.helm.valuesObject.alternateConfig;

/** @param program The OpenTelemetry Collector @throws {Error} where it refuses the file, with its words */
export function validateCollectorConfig(program: string, config: object): void {
  const path = join(mkdtempSync(join(tmpdir(), 'collector-')), 'config.yaml');
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
}
