import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installedAddons } from '../../apps/addons/log-stores.ts';
import { applications } from '../../apps/main.ts';
import { guardsOf } from '../../argocd/prune-guards.ts';
import { environments } from '../../environments/index.ts';
import { DIST, environmentNames, objectsIn, ofKind, type Rendered, rendered } from './dist.ts';
import type { KubeObject, ObjectOf } from './shapes.ts';

type Application = ObjectOf<'Application'>;
type Project = ObjectOf<'AppProject'>;

const namesOf = (objects: readonly KubeObject[]): string[] =>
  objects.map(({ metadata }) => metadata.name).sort();
const waveOf = ({ metadata }: KubeObject): number =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
const application = (environment: string, name: string): Application => {
  const found = objectsIn(environment, 'Application').find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`${environment} has no Application '${name}'`);
  return found;
};
const projectOf = (environment: string, name: string): Project => {
  const found = objectsIn(environment, 'AppProject').find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`${environment} has no project '${name}'`);
  return found;
};

/** The objects of the folder that an Application follows. */
const contentOf = (environment: string, { spec }: Application): readonly Rendered[] =>
  rendered.filter(
    (each) => each.environment === environment && `dist/${each.path}`.startsWith(`${spec.source.path}/`),
  );

const childrenOf = (environment: string, parent: string): Application[] =>
  contentOf(environment, application(environment, parent)).flatMap(({ object }) =>
    object.kind === 'Application' && object.metadata.name !== parent ? [object] : [],
  );

/** Whether an application has objects in an environment; some have none where it does not ask for them. */
const isIn = (environment: string, name: string): boolean =>
  rendered.some(({ path }) => path.startsWith(`${environment}/${name}/`));

describe.each(environmentNames)('the delivery of %s', (environment) => {
  it('starts at the root, which brings the three parents', () => {
    expect(namesOf(childrenOf(environment, 'root'))).toEqual(['addons', 'infra-workloads', 'workloads']);
  });

  it('splits the work as the source system does: its platform, and what runs on it', () => {
    for (const parent of ['workloads', 'infra-workloads']) {
      const wanted = namesOfParent(parent).filter((name) => isIn(environment, name));
      expect(namesOf(childrenOf(environment, parent))).toEqual(wanted);
    }
  });

  it('has every addon that the environment asks for', () => {
    const found = environments.find(({ name }) => name === environment);
    const addons = found === undefined ? [] : installedAddons(found);
    const authorities = ['broker-authority', 'elasticsearch-authority', 'store-authority'];
    const beside = ['addon-network', 'addon-secrets', ...authorities].filter((name) =>
      isIn(environment, name),
    );
    expect(namesOf(childrenOf(environment, 'addons'))).toEqual([...addons, ...beside].sort());
  });

  it('reaches every rendered object from the root, once', () => {
    const follow = (name: string): string[] => {
      const content = contentOf(environment, application(environment, name));
      const below = content.flatMap(({ object }) =>
        object.kind === 'Application' &&
        object.spec.source.path !== undefined &&
        object.metadata.name !== name
          ? follow(object.metadata.name)
          : [],
      );
      return [...content.map(({ path }) => path), ...below];
    };
    const paths = rendered.filter((each) => each.environment === environment).map(({ path }) => path);
    expect(follow('root').sort()).toEqual(paths.sort());
  });

  it('brings addons before the infrastructure, and that before the work; the root waits for all', () => {
    const order = ['addons', 'infra-workloads', 'workloads', 'root'];
    const waves = order.map((name) => waveOf(application(environment, name)));
    expect(waves).toEqual(waves.toSorted((left, right) => left - right));
    expect(new Set(waves).size).toBe(order.length);
  });

  it('brings priorities before the pods that name them', () => {
    const cluster = waveOf(application(environment, 'cluster'));
    for (const name of ['broker', 'scaler'])
      expect(waveOf(application(environment, name))).toBeGreaterThan(cluster);
  });

  it('follows one repository at one revision', () => {
    const { repository } = environments.find(({ name }) => name === environment) ?? {};
    for (const { metadata, spec } of objectsIn(environment, 'Application')) {
      if (spec.source.path === undefined) continue;
      const { repoURL, targetRevision, path } = spec.source;
      expect([repoURL, targetRevision], metadata.name).toEqual([repository?.repoURL, repository?.revision]);
      expect(existsSync(join(DIST, '..', path)), path).toBe(true);
    }
  });

  it('has the scaler own the count of the consumer', () => {
    const { syncPolicy } = application(environment, 'consumer').spec;
    expect(syncPolicy.syncOptions).toEqual(
      expect.arrayContaining(['RespectIgnoreDifferences=true', 'ApplyOutOfSyncOnly=true']),
    );
  });
});

const namesOfParent = (parent: string): string[] =>
  applications
    .filter((each) => each.parent === parent)
    .map(({ name }) => name)
    .sort();

describe('a project', () => {
  it.each(environmentNames)('of %s permits the source and the place of its Applications', (environment) => {
    for (const { metadata, spec } of objectsIn(environment, 'Application')) {
      const { sourceRepos, destinations } = projectOf(environment, spec.project).spec;
      expect(sourceRepos, metadata.name).toContain(spec.source.repoURL);
      expect(
        destinations.map(({ namespace }) => namespace),
        metadata.name,
      ).toContain(spec.destination.namespace);
    }
  });

  it.each(environmentNames)(
    'of %s permits every object of the folders that its Applications follow',
    (environment) => {
      for (const each of objectsIn(environment, 'Application')) {
        const project = projectOf(environment, each.spec.project);
        for (const { path, object } of contentOf(environment, each))
          expect(permits(project, object), `${path} in ${project.metadata.name}`).toBe(true);
      }
    },
  );

  it('permits nothing where it is the default one', () => {
    for (const { object } of ofKind('AppProject'))
      if (object.metadata.name === 'default')
        expect(object.spec).toMatchObject({
          sourceRepos: [],
          destinations: [],
          clusterResourceWhitelist: [],
        });
    expect(ofKind('Application').filter(({ object }) => object.spec.project === 'default')).toEqual([]);
  });

  it('of what runs brings no Application, so that nothing can give itself other bounds', () => {
    for (const { object } of ofKind('AppProject')) {
      const kinds = object.spec.namespaceResourceWhitelist?.map(({ kind }) => kind) ?? [];
      expect(kinds.includes('Application')).toBe(object.metadata.name === 'delivery');
    }
  });
});

function permits({ spec }: Project, { apiVersion, kind, metadata }: KubeObject): boolean {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
  const named = (list: Project['spec']['clusterResourceWhitelist']) =>
    list.some(
      (each) => each.group === group && each.kind === kind && (each.name ?? metadata.name) === metadata.name,
    );
  const { namespace } = metadata;
  if (namespace === undefined) return named(spec.clusterResourceWhitelist);
  return (
    spec.destinations.some((each) => each.namespace === namespace) &&
    named(spec.namespaceResourceWhitelist ?? [])
  );
}

describe('what cannot be rendered again', () => {
  const OPERATED = ['Elasticsearch', 'PerconaServerMongoDB'];
  const guarded = rendered.filter(({ object }) => guardsOf(object).length > 0);

  it('is what syncs the rest, every Namespace, the disk of the broker, the snapshots of the cluster, and what an operator makes a store of', () => {
    const kinds = guarded.map(({ object }) => object.kind as string);
    const others = [...new Set(kinds)].filter((kind) => !OPERATED.includes(kind));
    expect(others.sort()).toEqual([
      ...['AppProject', 'Application', 'Namespace', 'PersistentVolumeClaim', 'StatefulSet'],
    ]);
  });

  it.each(guarded)('$path is not removed unasked', ({ object }) => {
    const options = object.metadata.annotations?.['argocd.argoproj.io/sync-options']?.split(',') ?? [];
    const reins = ['Application', 'AppProject'].includes(object.kind) && object.metadata.name !== 'root';
    expect(options).toContain(reins ? 'Prune=false' : 'Prune=confirm');
    expect(options).toContain('Delete=confirm');
  });
});
