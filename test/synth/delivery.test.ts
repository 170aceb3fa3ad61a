import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installedAddons } from '../../apps/addons/log-stores.ts';
import { PARENTS, type Parent } from '../../apps/application.ts';
import { applications } from '../../apps/main.ts';
import { local, render } from '../../apps/testing/desired-state.ts';
import { objectReader } from '../../apps/testing/rendered.ts';
import { guardsOf } from '../../argocd/prune-guards.ts';
import type { IgnoreDifferences } from '../../argocd/settings.ts';
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

/** What a parent is to bring: its applications that have objects in an environment, and what it has installed. */
function wantedOf(environment: string, parent: Parent): string[] {
  const found = environments.find(({ name }) => name === environment);
  const addons = found === undefined || parent !== 'addons' ? [] : installedAddons(found);
  const own = applications.filter((each) => each.parent === parent && isIn(environment, each.name));
  return [...addons, ...own.map(({ name }) => name)].sort();
}

/** A parent of nothing would be an Application of an empty folder, which fails. */
const parentsIn = (environment: string): Parent[] =>
  PARENTS.filter((parent) => wantedOf(environment, parent).length > 0);

/** Whether an application has objects in an environment; some have none where it does not ask for them. */
const isIn = (environment: string, name: string): boolean =>
  rendered.some(({ path }) => path.startsWith(`${environment}/${name}/`));

describe.each(environmentNames)('the delivery of %s', (environment) => {
  it('starts at the root, which brings every parent that has something to bring', () => {
    expect(namesOf(childrenOf(environment, 'root'))).toEqual(parentsIn(environment).sort());
  });

  it.each(parentsIn(environment))(
    'splits the work: %s brings its own, and the addons that are asked for',
    (parent) => {
      expect(namesOf(childrenOf(environment, parent))).toEqual(wantedOf(environment, parent));
    },
  );

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
    const order = [...parentsIn(environment), 'root'];
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

  it('takes no replica count back from who owns it', () => {
    for (const each of objectsIn(environment, 'Application'))
      expect(takenBack(each.spec, contentOf(environment, each)), each.metadata.name).toEqual([]);
  });
});

/** Kind -> the count that the manifest may leave to a scaler, an HPA, KEDA or a person. */
const COUNTS: Readonly<Record<string, string>> = {
  Deployment: 'replicas',
  Rollout: 'replicas',
  HorizontalPodAutoscaler: 'minReplicas',
};

/** How an Application syncs, and what it leaves to others. */
type Synced = Pick<Application['spec'], 'syncPolicy'> & {
  readonly ignoreDifferences?: readonly IgnoreDifferences[];
};

/** Objects whose manifest leaves a count open, and whose Application would put one there. */
function takenBack({ ignoreDifferences = [], syncPolicy }: Synced, content: readonly Rendered[]): string[] {
  const options = ['RespectIgnoreDifferences=true', 'ApplyOutOfSyncOnly=true'];
  const isRespected = options.every((option) => syncPolicy.syncOptions.includes(option));
  return content.flatMap(({ path, object }) => {
    const { kind, metadata } = object;
    const count = COUNTS[kind];
    if (count === undefined || !('spec' in object) || Object.hasOwn(object.spec, count)) return [];
    const ignored = ignoreDifferences.some(
      (each) =>
        each.kind === kind &&
        each.name === metadata.name &&
        each.namespace === metadata.namespace &&
        each.jsonPointers?.includes(`/spec/${count}`),
    );
    return ignored && isRespected ? [] : [path];
  });
}

describe('a replica count that the scaler owns', () => {
  const application = 'local/argocd/workloads/application-consumer.argocd.yaml';
  const deployment = 'local/consumer/deployment-consumer.consumer.yaml';
  const files = render([local]);
  const object = objectReader(files);
  const worker = {
    ...{ path: deployment, environment: 'local', application: 'consumer' },
    object: object(deployment),
  };
  const { spec } = object(application);

  it('is left to it, and would be taken back where its Application did not ignore it', () => {
    expect(takenBack(spec, [worker])).toEqual([]);
    expect(takenBack({ ...spec, ignoreDifferences: [] }, [worker])).toEqual([deployment]);
    expect(takenBack({ ...spec, syncPolicy: { syncOptions: [] } }, [worker])).toEqual([deployment]);
  });
});

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
