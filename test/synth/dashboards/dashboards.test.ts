import { describe, expect, it } from 'vitest';
import { environments } from '../../../environments/index.ts';
import { parsePromql } from '../../../packages/contracts/promql.ts';
import { alertRules } from '../alerts/rules.ts';
import { dashboardFiles, dashboardQueries } from './dashboards.ts';
import { dashboardSchema } from './schema.ts';

const overlap = (
  one: { x: number; y: number; w: number; h: number },
  other: { x: number; y: number; w: number; h: number },
): boolean =>
  one.x < other.x + other.w &&
  other.x < one.x + one.w &&
  one.y < other.y + other.h &&
  other.y < one.y + one.h;

/** Elsewhere the dashboards of applications wait for a Grafana, without those of the whole environment. */
const withGrafana = new Set(
  environments.filter(({ addons }) => addons.includes('kube-prometheus-stack')).map(({ name }) => name),
);

describe('every dashboard', () => {
  it('is found', () => {
    expect(dashboardFiles.length).toBeGreaterThan(1);
  });

  it.each(dashboardFiles)('$path has the form that Grafana reads', ({ json }) => {
    expect(dashboardSchema.safeParse(json).error?.issues ?? []).toEqual([]);
  });

  it.each(dashboardFiles)('$path is one that the sidecar of Grafana finds', ({ metadata, files }) => {
    expect(metadata.labels.grafana_dashboard).toBe('1');
    expect(metadata.annotations.grafana_folder).toBe('Sluice');
    expect(files.map((file) => `dashboard-${file.replace(/\.json$/, '')}`)).toEqual([metadata.name]);
  });

  it.each(dashboardFiles)('$path has panels that do not overlap, each with an id of its own', ({ json }) => {
    const { panels } = dashboardSchema.parse(json);
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [index, { gridPos, title }] of panels.entries()) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      const below = panels.slice(index + 1).filter((panel) => overlap(panel.gridPos, gridPos));
      expect(below.map((panel) => panel.title)).toEqual([]);
    }
  });

  it.each(dashboardFiles)('$path asks the environment that is chosen at its top', ({ json }) => {
    const { panels, templating } = dashboardSchema.parse(json);
    expect(templating.list[0]).toMatchObject({
      name: 'environment',
      type: 'datasource',
      query: 'prometheus',
    });
    for (const one of panels)
      if (one.type !== 'row' && one.type !== 'logs')
        expect(one.datasource).toEqual({ type: 'prometheus', uid: `\${environment}` });
  });

  it.each(dashboardQueries.filter(({ expr }) => /\bvector\(|\bcontainer_/.test(expr)))(
    '$path: $name has no data where nothing reports it',
    ({ expr }) => {
      expect(expr).not.toContain('vector(0)');
      // A node's own control groups have no pod, and no namespace: a variable of all namespaces matches them.
      const { selectors } = parsePromql(expr);
      const ofNodes = selectors.filter(
        ({ metric = '', labels }) =>
          metric.startsWith('container_') && !['container', 'pod'].some((label) => labels.includes(label)),
      );
      expect(ofNodes).toEqual([]);
    },
  );

  it('has an address of its own in its environment', () => {
    const uids = dashboardFiles.map(
      ({ environment, json }) => `${environment} ${dashboardSchema.parse(json).uid}`,
    );
    expect(new Set(uids).size).toBe(uids.length);
  });

  it('is linked to by what names it, alerts and panels, where the environment has Grafana', () => {
    const uidsIn = (environment: string): string[] =>
      dashboardFiles
        .filter((file) => file.environment === environment)
        .map(({ json }) => dashboardSchema.parse(json).uid);
    const links = dashboardFiles.flatMap(({ environment, path, json }) =>
      dashboardSchema.parse(json).panels.flatMap((panel) => {
        const own = panel.type === 'row' ? [] : (panel.links ?? []);
        return own.map(({ url }) => ({ environment, path, uid: url?.replace(/^\/d\//, '') ?? '' }));
      }),
    );
    const alerts = alertRules.map(({ file, annotations }) => ({
      ...{ environment: file.environment, path: file.path, uid: annotations.dashboard ?? '' },
    }));
    expect(links.length).toBeGreaterThan(5);
    const broken = [...links, ...alerts].filter(
      ({ environment, uid }) => withGrafana.has(environment) && !uidsIn(environment).includes(uid),
    );
    expect(broken).toEqual([]);
  });

  it('has a choice for each label of an alert that links to it with one', () => {
    const variablesOf = new Map(
      dashboardFiles.map(({ json }) => {
        const { uid, templating } = dashboardSchema.parse(json);
        return [uid, templating.list.map(({ name }) => name)];
      }),
    );
    const missing = alertRules
      .filter(({ labels, annotations }) => {
        const isOfWorkload = labels.workload !== undefined;
        return isOfWorkload && !variablesOf.get(annotations.dashboard ?? '')?.includes('workload');
      })
      .map(({ name }) => name);
    expect(missing).toEqual([]);
  });

  it('paints a series red where its name says that something is broken, and green where all is well', () => {
    const painted = dashboardFiles.flatMap(({ json }) =>
      dashboardSchema.parse(json).panels.flatMap((panel) => {
        const overrides = panel.type === 'timeseries' ? panel.fieldConfig.overrides : [];
        return overrides.flatMap(({ matcher, properties }) =>
          properties
            .filter(({ id }) => id === 'color')
            .map(
              ({ value }) =>
                `${panel.title}: ${matcher.options} ${(value as { fixedColor: string }).fixedColor}`,
            ),
        );
      }),
    );
    expect(painted).toEqual(
      expect.arrayContaining([
        ...['Applications by health: Healthy green', 'Applications by health: Degraded red'],
        ...['Syncs by phase: Succeeded green', 'Syncs by phase: Failed red'],
        ...['Pods by phase: Running green', 'Pods by phase: Failed red'],
        ...['Attempts by outcome: succeeded green', 'Attempts by outcome: parked red'],
        ...['Probes by result: success green', 'Probes by result: failure red'],
        ...['Pushes: written green', 'Pushes: refused red'],
      ]),
    );
  });

  it('is refused where a panel has no text for the absence of data, or a key that Grafana does not know', () => {
    const [file] = dashboardFiles;
    const json = structuredClone(dashboardSchema.parse(file?.json));
    const issuesOf = (change: object): string[] => {
      const panels = json.panels.map((panel, index) => (index === 1 ? { ...panel, ...change } : panel));
      const { error } = dashboardSchema.safeParse({ ...json, panels });
      return (error?.issues ?? []).map(({ path }) => path.join('.'));
    };
    expect(issuesOf({})).toEqual([]);
    expect(issuesOf({ description: undefined })).toEqual(['panels.1.description']);
    expect(issuesOf({ fieldConfig: { defaults: { unit: 's' }, overrides: [] } })).toContain(
      'panels.1.fieldConfig.defaults.noValue',
    );
    expect(issuesOf({ queries: [] })).toEqual(['panels.1']);
  });
});
