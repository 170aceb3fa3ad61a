import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/job-harness.ts';
import { LogAgent } from '../support/log-agent.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import { dashboardFiles } from '../synth/dashboards/dashboards.ts';
import { dashboardSchema } from '../synth/dashboards/schema.ts';
import { LoggedPod } from './pods.ts';

const queries = dashboardFiles.flatMap(({ path, json }) =>
  dashboardSchema
    .parse(json)
    .panels.flatMap((panel) =>
      panel.type === 'logs' && panel.datasource.type === 'victoriametrics-logs-datasource'
        ? panel.targets.map(({ expr }) => ({ path, title: panel.title, expr }))
        : [],
    ),
);

/** Where a panel has a variable, each value of it. */
const filled = (expr: string): string => expr.replaceAll(/\$\{?\w+(:\w+)?\}?/g, 'shop');

describe('the queries of dashboards in a real VictoriaLogs', () => {
  let store: VictoriaLogs;
  let agent: LogAgent;

  beforeAll(async () => {
    store = await VictoriaLogs.start();
    agent = await LogAgent.start({ 'victoria-logs': store.url });
    const pod = new LoggedPod(agent.logs, 'shop');
    const lines = [
      'all is well',
      'an Error: the disk is full',
      JSON.stringify({ level: 'error', msg: 'the disk is full' }),
      JSON.stringify({ level: 'info', msg: 'no error' }),
    ];
    pod.write(lines, 'stderr');
    await eventually('each record', async () => (await store.query('*')).length === lines.length, 60);
  });

  afterAll(async () => {
    await agent?.kill9();
    await store?.kill9();
  });

  it('are found', () => expect(queries.length).toBeGreaterThan(0));

  it.each(queries)('$path: $title is LogsQL, and finds the errors alone', async ({ expr }) => {
    const found = await store.query(filled(expr));
    expect(found.map(({ _msg }) => _msg).sort()).toEqual(['an Error: the disk is full', 'the disk is full']);
  });

  it('what is no LogsQL is refused', async () => {
    await expect(store.query('~"(error"')).rejects.toThrow(/400/);
  });
});
