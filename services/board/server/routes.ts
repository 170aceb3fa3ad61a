import type { ClusterSnapshot } from '../../../packages/contracts/cluster-snapshot.ts';
import type { LogReport } from '../../../packages/contracts/log-report.ts';
import type { OnDemand } from '../model/feed.ts';
import type { BoardState } from '../model/state.ts';
import { type TimeShare, whatIfState } from '../model/what-if.ts';
import type { FoundLine } from '../sources/lines.ts';
import { rangeOf, type Series } from '../sources/prometheus.ts';
import { clusterPage } from '../view/cluster.ts';
import { infraPage } from '../view/infra.ts';
import { livePage, logsPage } from '../view/logs.ts';
import { overview } from '../view/overview.ts';
import type { Content, Page } from '../view/page.ts';
import { queue } from '../view/queue.ts';
import { releasesPage } from '../view/releases.ts';
import { whatIfRegion } from '../view/what-if.ts';

/** What pages read when somebody asks for them; each is absent where its source is not configured. */
export interface Lookups {
  /** Earlier snapshots, by their instants. */
  readonly snapshots?: OnDemand<ClusterSnapshot>;
  /** Charts over time, by their spans. */
  readonly charts?: OnDemand<readonly Series[]>;
  /** Reports of errors, by their namespace and start: `consumer 1700000000000`. */
  readonly reports?: OnDemand<LogReport>;
  /** Lines of the log store, by what is looked for, as JSON. */
  readonly lines?: OnDemand<readonly FoundLine[]>;
}

/** What a page is made from. */
interface Request {
  readonly state: BoardState;
  readonly page: Page;
  readonly lookups: Lookups;
  /** Whether the page is followed: what is there only when it is asked for is left out. */
  readonly isFollowed: boolean;
  /** The time that simulations may take. */
  readonly share: TimeShare;
  /** The name in the address, where the page has one. */
  readonly name: string;
}

/** A page of the board. */
interface Route {
  readonly path: RegExp;
  /** Reads what the page needs beside the state, so that it is there when the page is made. @default nothing */
  readonly prepare?: (request: Request) => Promise<void>;
  /** @returns undefined where there is no such page */
  readonly content: (request: Request) => Content | undefined;
}

const INSTANT = /^\d{12,14}$/;

/** The snapshots that the address asks for. */
const asked = ({ page, lookups }: Request): Readonly<Record<'shown' | 'before', string | undefined>> => {
  const of = (value = '') => (lookups.snapshots !== undefined && INSTANT.test(value) ? value : undefined);
  return { shown: of(page.query.at), before: of(page.query.from) };
};

/** The report that the address asks for: of a namespace of Kubernetes, and of an instant. */
function reportKey({ page: { query } }: Request): string | undefined {
  const { ns = '', at = '' } = query;
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(ns) && INSTANT.test(at) ? `${ns} ${at}` : undefined;
}

/** What the address looks for in the log store. */
const linesKey = ({ page: { query } }: Request): string =>
  JSON.stringify({ namespace: query.ns ?? '', text: query.q ?? '' });

const namespacesOf = ({ state: { cluster, errors } }: Request): string[] => {
  const known = [
    ...(cluster?.value?.latest?.namespaces.map(({ name }) => name) ?? []),
    ...(errors?.value?.map(({ namespace }) => namespace) ?? []),
  ];
  return [...new Set(known)].sort();
};

const ROUTES: readonly Route[] = [
  { path: /^\/$/, content: ({ state, page }) => overview(state, page) },
  {
    path: /^\/queues\/([^/]{1,4096})$/,
    content: ({ state, page, name, isFollowed, share }) => {
      const workload = state.workloads.find((each) => each.workload === name);
      if (workload === undefined) return undefined;
      const asked = isFollowed
        ? []
        : [whatIfRegion(workload, whatIfState(workload, page.query, share), page)];
      return queue(state, workload, page, asked);
    },
  },
  {
    path: /^\/cluster-info$/,
    prepare: async (request) => {
      for (const instant of Object.values(asked(request)))
        if (instant !== undefined) await request.lookups.snapshots?.get(instant);
    },
    content: (request) => {
      const { shown, before } = asked(request);
      const { snapshots } = request.lookups;
      return clusterPage(request.state, request.page, {
        ...(shown !== undefined && snapshots && { shown: snapshots.peek(shown) }),
        ...(before !== undefined && snapshots && { before: snapshots.peek(before) }),
      });
    },
  },
  {
    path: /^\/infra$/,
    prepare: async ({ page, lookups }) => void (await lookups.charts?.get(rangeOf(page.query.range))),
    content: ({ state, page, lookups }) => {
      const range = rangeOf(page.query.range);
      return infraPage(state, page, range, lookups.charts?.peek(range));
    },
  },
  {
    path: /^\/logs$/,
    prepare: async (request) => {
      const key = reportKey(request);
      if (key !== undefined) await request.lookups.reports?.get(key);
    },
    content: (request) => {
      const key = reportKey(request);
      const report = key === undefined ? undefined : request.lookups.reports?.peek(key);
      return logsPage(request.state, request.page, report);
    },
  },
  {
    path: /^\/logs\/live$/,
    prepare: async (request) => void (await request.lookups.lines?.get(linesKey(request))),
    content: (request) => {
      const { page, lookups } = request;
      return livePage(page, lookups.lines?.peek(linesKey(request)), namespacesOf(request));
    },
  },
  { path: /^\/releases$/, content: ({ state, page }) => releasesPage(state, page) },
];

/** @returns undefined for text that is no encoding */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function found(path: string): { readonly route: Route; readonly name: string } | undefined {
  for (const route of ROUTES) {
    const [whole, name = ''] = route.path.exec(path) ?? [];
    const text = decoded(name);
    if (whole !== undefined && text !== undefined) return { route, name: text };
  }
  return undefined;
}

/** Reads what a page needs beside the state. */
export async function prepare(path: string, request: Omit<Request, 'name'>): Promise<void> {
  const at = found(path);
  await at?.route.prepare?.({ ...request, name: at.name });
}

/** The page of a path. @returns undefined where there is none */
export function contentOf(path: string, request: Omit<Request, 'name'>): Content | undefined {
  const at = found(path);
  return at?.route.content({ ...request, name: at.name });
}
