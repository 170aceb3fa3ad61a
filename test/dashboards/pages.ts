import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../cli/up/processes.ts';
import { dashboardSchema } from '../synth/dashboards/schema.ts';
import { type LogReader, picture } from './picture.ts';
import { PrometheusReader, type Span } from './prometheus.ts';
import { dashboardsHere } from './run.ts';

const FOLDER = join(repositoryRoot, 'docs', 'dashboards');

/**
 * Draws dashboards of the desired state, each into a file of docs/dashboards.
 * @param url Where Prometheus is.
 * @param readLines What a panel of log lines asks. @default no store: such a panel shows its text for the absence of lines
 * @param dashboards Name -> JSON. @default those of the desired state
 */
export async function drawAll(
  url: string,
  span: Span,
  isWanted: (name: string) => boolean,
  readLines?: LogReader,
  dashboards = dashboardsHere(),
): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, json] of dashboards) {
    if (!isWanted(name)) continue;
    const file = join(FOLDER, `${name}.svg`);
    const reader = new PrometheusReader(url, span);
    writeFileSync(file, await picture(dashboardSchema.parse(json), reader, span, readLines));
    console.log(file);
  }
}
