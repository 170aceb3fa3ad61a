import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Chart } from 'cdk8s';
import { type DesiredState, render } from '../../../apps/rendering.ts';
import type { Environment } from '../../../environments/environment.ts';
import { onceForPair } from '../../manifests/memo.ts';

/** A place in the sources, from the root of the repository: `apps/workloads/consumer.ts:20`. */
export type Place = string;

/** What an object is called while it is made. */
export interface Made {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** The call that asked for it first, then what that called, down to the construct that made the object. */
  readonly places: readonly Place[];
}

/** Frames on the way from an application to its objects. */
const DEPTH = 60;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Which lines of apps/, charts/ and argocd/ asked for the objects of an environment, rendered once. */
export const originsOf = (environment: Environment, { applications }: DesiredState): readonly Made[] =>
  watchedOnce(applications, environment);

const watchedOnce = onceForPair(watchRender);

function watchRender(applications: DesiredState['applications'], environment: Environment): Made[] {
  const charts: WatchedChart[] = [];
  const watched = (id: string): Chart => {
    const chart = new WatchedChart(new App(), id);
    charts.push(chart);
    return chart;
  };
  render({ environments: [environment], applications }, watched);
  return charts.flatMap(({ made }) => made);
}

type Part = Chart['node']['children'][number];
type Unfinished = Part & Pick<Made, 'apiVersion' | 'kind' | 'name'>;

/** Every ApiObject asks its chart for common labels while it is constructed: that is when its callers are known. */
class WatchedChart extends Chart {
  readonly #places = new Map<Unfinished, readonly Place[]>();

  override get labels(): { [name: string]: string } {
    const made = this.node.findAll().find((part) => isUnfinished(part) && !this.#places.has(part));
    if (made !== undefined && isUnfinished(made)) this.#places.set(made, callers());
    return super.labels;
  }

  get made(): Made[] {
    return [...this.#places].map(([part, places]) => {
      const { apiVersion, kind, name } = part;
      const namespace = 'metadata' in part ? namespaceOf(part.metadata) : undefined;
      return { apiVersion, kind, name, namespace, places };
    });
  }
}

/** An object has its kind and its name before it asks. */
const isUnfinished = (part: Part): part is Unfinished =>
  'apiVersion' in part && 'kind' in part && 'name' in part;

const namespaceOf = (metadata: unknown): string | undefined =>
  typeof metadata === 'object' && metadata !== null && 'namespace' in metadata
    ? (metadata.namespace as string | undefined)
    : undefined;

/** The lines of this repository that are being run, the outermost first; what only drives them is left out. */
function callers(): Place[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  const { stack = '' } = new Error('here');
  Error.stackTraceLimit = stackTraceLimit;
  const places = stack.split('\n').flatMap((line) => {
    const [, file = '', at] = /\(?((?:file:\/\/)?\/[^()]+):(\d+):\d+\)?$/.exec(line) ?? [];
    const path = relative(ROOT, file.startsWith('file:') ? fileURLToPath(file) : file);
    return /^(apps|charts|argocd)\//.test(path) && path !== 'apps/rendering.ts' ? [`${path}:${at}`] : [];
  });
  return places.reverse();
}
