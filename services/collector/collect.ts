import { messageOf } from '@sluice/runtime';
import {
  type ClusterSnapshot,
  type EventRow,
  type Missing,
  SNAPSHOT_SCHEMA,
} from '../../packages/contracts/cluster-snapshot.ts';
import { type ClusterLists, type ListPage, statusOf } from './cluster.ts';
import { analysisRow, applicationRow, releaseRow, rolloutRow, usageRow } from './custom-rows.ts';
import {
  autoscalerRow,
  claimRow,
  eventRow,
  ingressRow,
  namespaceRow,
  nodeRow,
  podRow,
  serviceRow,
  short,
} from './rows.ts';
import { cronJobRow, daemonSetRow, deploymentRow, jobRow, statefulSetRow } from './workload-rows.ts';

const MOST_EVENTS = 500;
const MOST_ANALYSES = 5;
/** The API server has forgotten where the list was: it is read anew. */
const GONE = 410;

/** What a run reads with. */
export interface Collection {
  readonly lists: ClusterLists;
  readonly pageSize: number;
  readonly requestMs: number;
  /** Ends the run: what is not read by then is missing. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Reads the cluster list by list and page by page; of an object only its row is kept, so that a page is the most that
 * is in memory beside the snapshot. A list that fails does not keep the others from being read.
 */
export async function collect(collection: Collection): Promise<ClusterSnapshot> {
  const { lists, now } = collection;
  const takenAt = now();
  const reader = new Reader(collection);
  const nodes = await reader.read('nodes', lists.nodes, nodeRow);
  const used = new Map(
    (await reader.read('nodemetrics', lists.nodemetrics, usageRow)).map(({ node, used }) => [node, used]),
  );
  const snapshot = {
    schema: SNAPSHOT_SCHEMA,
    takenAt,
    nodes: nodes.map((node) => ({ ...node, ...(used.has(node.name) && { used: used.get(node.name) }) })),
    namespaces: await reader.read('namespaces', lists.namespaces, namespaceRow),
    workloads: [
      ...(await reader.read('deployments', lists.deployments, deploymentRow)),
      ...(await reader.read('statefulsets', lists.statefulsets, statefulSetRow)),
      ...(await reader.read('daemonsets', lists.daemonsets, daemonSetRow)),
      ...(await reader.read('cronjobs', lists.cronjobs, cronJobRow)),
      ...(await reader.read('jobs', lists.jobs, jobRow)),
    ],
    pods: await reader.read('pods', lists.pods, podRow),
    services: await reader.read('services', lists.services, serviceRow),
    ingresses: await reader.read('ingresses', lists.ingresses, ingressRow),
    autoscalers: await reader.read('horizontalpodautoscalers', lists.horizontalpodautoscalers, autoscalerRow),
    claims: await reader.read('persistentvolumeclaims', lists.persistentvolumeclaims, claimRow),
    events: await reader.events(),
    applications: await reader.read('applications', lists.applications, applicationRow),
  };
  const releases = await reader.releases();
  return {
    ...snapshot,
    workloads: [...snapshot.workloads, ...releases.map(({ workload }) => workload)],
    releases: releases.map(({ release }) => release),
    missing: reader.missing,
    seconds: (now() - takenAt) / 1000,
  };
}

class Reader {
  readonly missing: Missing[] = [];
  readonly #collection: Collection;

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  /** The rows of a whole list, or those before it failed. Never throws. */
  async read<T, Row>(resource: string, list: ListPage<T>, row: (item: T) => Row): Promise<Row[]> {
    let rows: Row[] = [];
    try {
      for await (const page of this.#pages(list)) {
        if (page.isFirst) rows = [];
        for (const item of page.items) rows.push(row(item));
      }
    } catch (error) {
      this.missing.push({ resource, read: rows.length, ...causeOf(error) });
    }
    return rows;
  }

  /** The newest warnings. */
  async events(): Promise<EventRow[]> {
    const all = await this.read('events', this.#collection.lists.events, eventRow);
    return all.sort((a, b) => b.lastSeen - a.lastSeen).slice(0, MOST_EVENTS);
  }

  async releases() {
    const { lists } = this.#collection;
    const rollouts = await this.read('rollouts', lists.rollouts, (item) => ({
      workload: rolloutRow(item),
      release: releaseRow(item),
    }));
    const runs =
      rollouts.length === 0 ? [] : await this.read('analysisruns', lists.analysisruns, analysisRow);
    const byRollout = Map.groupBy(runs, ({ rollout }) => rollout);
    return rollouts.map(({ workload, release }) => {
      const own = byRollout.get(`${release.namespace}/${release.name}`) ?? [];
      const latest = own.sort((a, b) => b.created - a.created).slice(0, MOST_ANALYSES);
      return { workload, release: { ...release, analyses: latest.map(({ analysis }) => analysis) } };
    });
  }

  /** The pages of a list; one whose place the API server has forgotten is read anew, once. */
  async *#pages<T>(list: ListPage<T>): AsyncGenerator<{ items: readonly T[]; isFirst: boolean }> {
    const { pageSize, requestMs, signal } = this.#collection;
    let next: string | undefined;
    let isAnew = false;
    for (;;) {
      const query = { limit: pageSize, ...(next !== undefined && { _continue: next }) };
      const within = AbortSignal.any([signal, AbortSignal.timeout(requestMs)]);
      const page = await list(query, within).catch((error: unknown) => {
        if (statusOf(error) !== GONE || isAnew) throw error;
        return undefined;
      });
      if (page === undefined) {
        [isAnew, next] = [true, undefined];
        continue;
      }
      yield { items: page.items, isFirst: next === undefined };
      next = page.next;
      if (next === undefined) return;
    }
  }
}

/** Never the answer's text: it may hold what an object holds. */
function causeOf(error: unknown): Pick<Missing, 'cause' | 'message'> {
  const status = statusOf(error);
  if (status === 404) return { cause: 'absent', message: 'the cluster does not have this API' };
  if (status === 401 || status === 403)
    return { cause: 'forbidden', message: `the API server answers ${status}` };
  if (status !== undefined) return { cause: 'failed', message: `the API server answers ${status}` };
  const { name = '' } = error instanceof Error ? error : {};
  if (['AbortError', 'TimeoutError'].includes(name))
    return { cause: 'timeout', message: 'the API server did not answer in time' };
  return { cause: 'failed', message: short(messageOf(error)).slice(0, 200) };
}
