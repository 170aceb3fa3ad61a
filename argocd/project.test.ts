import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EmptyDefaultProject, Project, type ProjectProps } from './project.ts';
import type { AppProject } from './settings.ts';

const props: ProjectProps = {
  name: 'workloads',
  description: 'The work.',
  sourceRepos: ['https://git.example.com/desired.git'],
  namespaces: ['consumer'],
  ownNamespaces: ['consumer'],
  clusterKinds: ['scheduling.k8s.io/PriorityClass'],
  namespacedKinds: ['apps/Deployment', '/Service'],
};

function rendered(build: (scope: Chart) => unknown): AppProject {
  const scope = new Chart(new App(), 'test');
  build(scope);
  return scope.toJson()[0];
}

const project = (changed: Partial<ProjectProps> = {}): AppProject =>
  rendered((scope) => new Project(scope, 'project', { ...props, ...changed }));

describe('a Project', () => {
  it('permits what it names: sources, places and kinds', () => {
    expect(project().spec).toEqual({
      description: 'The work.',
      sourceRepos: ['https://git.example.com/desired.git'],
      destinations: [{ server: 'https://kubernetes.default.svc', namespace: 'consumer' }],
      clusterResourceWhitelist: [
        { group: '', kind: 'Namespace', name: 'consumer' },
        { group: 'scheduling.k8s.io', kind: 'PriorityClass' },
      ],
      namespaceResourceWhitelist: [
        { group: 'apps', kind: 'Deployment' },
        { group: '', kind: 'Service' },
      ],
    });
  });

  it('makes no Namespace that is not named', () => {
    const { clusterResourceWhitelist = [] } = project({ ownNamespaces: [] }).spec;
    expect(clusterResourceWhitelist.map(({ kind }) => kind)).toEqual(['PriorityClass']);
  });

  it('is refused wildcards, wherever they stand', () => {
    expect(() =>
      project({ sourceRepos: ['*'], namespaces: ['team-*'], clusterKinds: ['*/*'], ownNamespaces: ['*'] }),
    ).toThrow(
      "Project 'workloads': 'sourceRepos' (*) must have no wildcard; 'namespaces' (team-*) must have no wildcard; 'clusterKinds' (*/*) must have no wildcard; 'ownNamespaces' (*) must have no wildcard; '*/*' must be <group>/<Kind>",
    );
  });

  it('is refused when it would permit nothing, or stand in for the default one', () => {
    expect(() => project({ name: 'default', sourceRepos: [], namespaces: [], namespacedKinds: [] })).toThrow(
      "Project 'default': 'name' (default) must be another: 'default' stays empty; 'sourceRepos' must not be empty; 'namespaces' must not be empty; 'namespacedKinds' must not be empty",
    );
  });
});

describe('the default project', () => {
  it('permits nothing', () => {
    const { spec } = rendered((scope) => new EmptyDefaultProject(scope, 'default'));
    expect(spec).toMatchObject({ sourceRepos: [], destinations: [], clusterResourceWhitelist: [] });
    const everything = [{ group: '*', kind: '*' }];
    expect(spec.clusterResourceBlacklist).toEqual(everything);
    expect(spec.namespaceResourceBlacklist).toEqual(everything);
  });
});
