import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { WHAT_IF_FIELDS } from '@sluice/policy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BoardState } from '../model/state.ts';
import { TimeShare } from '../model/what-if.ts';
import { accepted, type Language, languageOf } from '../text/language.ts';
import { isTimeZone } from '../view/format.ts';
import { Address } from '../view/html.ts';
import { documentOf, type Files, failurePage, navigation } from '../view/layout.ts';
import { type Choice, type Content, type Page, pageOf, THEMES } from '../view/page.ts';
import type { BoardOptions } from './app.ts';
import type { Asset, AssetName } from './assets.ts';
import { contentOf, prepare } from './routes.ts';

/** Makes pages of requests. */
export interface Pages {
  readonly state: () => BoardState;
  /** What somebody sees who may see nothing. */
  readonly nothing: () => BoardState;
  readonly page: (request: FastifyRequest, path: string) => Page;
  /** @param isLive whether the page is followed */
  readonly document: (content: Content, state: BoardState, page: Page, isLive?: boolean) => string;
  /** @param isFollowed whether only what changes by itself is asked for. @returns undefined where there is no such page */
  readonly content: (
    path: string,
    state: BoardState,
    page: Page,
    isFollowed?: boolean,
  ) => Content | undefined;
  /** Reads what a page needs beside the state. Never throws. */
  readonly prepare: (path: string, state: BoardState, page: Page) => Promise<void>;
}

/** All pages of the board, by their address. */
export function pagesOf(
  { prefix, timeZone, state, lookups, links }: BoardOptions,
  assets: Readonly<Record<AssetName, Asset>>,
): Pages {
  const share = new TimeShare();
  const at = (name: AssetName) => new Address(`${prefix}/assets/${assets[name].version}/${name}`);
  const files: Files = {
    style: at('board.css'),
    script: at('board.js'),
    charts: at('charts.js'),
    plot: at('uPlot.js'),
    plotStyle: at('uPlot.css'),
    icon: at('icon.svg'),
    whatIf: at('what-if.js'),
    simulator: at('simulator.js'),
  };
  return {
    state,
    nothing: () => ({ connection: { kind: 'loading' }, now: 0, workloads: [] }),
    page: (request, path) => {
      const asked = request.query as Readonly<Record<string, unknown>>;
      const choice = choiceOf(asked);
      const language: Language = choice.lang ?? accepted(request.headers['accept-language']);
      return pageOf({
        ...{ prefix, path, language, choice, links },
        ...{ timeZone: choice.tz ?? timeZone, query: queryOf(asked) },
      });
    },
    document: (content, shown, page, isLive = true) => documentOf(content, shown, page, files, isLive),
    content: (path, shown, page, isFollowed = false) =>
      contentOf(path, { state: shown, page, lookups, isFollowed, share }),
    prepare: (path, shown, page) => prepare(path, { state: shown, page, lookups, isFollowed: false, share }),
  };
}

/** What a visitor chose; anything that is not a known value is left out. */
function choiceOf({ lang, theme, tz }: Readonly<Record<string, unknown>>): Choice {
  const language = typeof lang === 'string' ? languageOf(lang) : undefined;
  const colours = THEMES.find((each) => each === theme);
  const zone = typeof tz === 'string' && tz.length < 64 && isTimeZone(tz) ? tz : undefined;
  return {
    ...(language !== undefined && { lang: language }),
    ...(colours !== undefined && colours !== 'system' && { theme: colours }),
    ...(zone !== undefined && { tz: zone }),
  };
}

/** Everything that a page takes from its address beside what the visitor chose. */
const PARAMETERS = ['at', 'from', 'ns', 'only', 'q', 'range', 'level', ...WHAT_IF_FIELDS] as const;
const LONGEST_VALUE = 200;

/** Known names alone, each once and short. */
function queryOf(asked: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const entries = PARAMETERS.flatMap((name): [string, string][] => {
    const value = asked[name];
    return typeof value === 'string' && value !== '' && value.length <= LONGEST_VALUE ? [[name, value]] : [];
  });
  return Object.fromEntries(entries);
}

/** A page is many times the same words; nothing in it is secret beside what a visitor sends. */
const zipped = promisify(gzip);

/** Adds the routes of the pages to the server. */
export function addPages(scope: FastifyInstance, pages: Pages, options: BoardOptions): void {
  const answer = async (path: string, request: FastifyRequest, reply: FastifyReply) => {
    const page = pages.page(request, path);
    await pages.prepare(path, pages.state(), page);
    const state = pages.state();
    const content = pages.content(path, state, page);
    reply.headers({ 'cache-control': 'no-store', vary: 'accept-encoding' }).type('text/html; charset=utf-8');
    if (content === undefined)
      return reply.code(404).send(pages.document(failurePage(404, page), state, page, false));
    const text = pages.document(content, state, page);
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return reply.send(text);
    return reply.header('content-encoding', 'gzip').send(await zipped(text));
  };
  for (const path of ['/', '/cluster-info', '/infra', '/logs', '/logs/live', '/releases'])
    scope.get(path, (request, reply) => answer(path, request, reply));
  scope.get('/queues', (request, reply) => {
    const [first] = pages.state().workloads;
    if (first === undefined) return answer('/', request, reply);
    const to = pages.page(request, '/').link(`/queues/${encodeURIComponent(first.workload)}`);
    return reply.redirect(to.text, 302);
  });
  scope.get<{ Params: { name: string } }>('/queues/:name', (request, reply) =>
    answer(`/queues/${encodeURIComponent(request.params.name)}`, request, reply),
  );
  scope.get<{ Querystring: { page?: unknown } }>('/live', (request, reply) =>
    follow(pages, options, request, reply),
  );
}

function follow(
  pages: Pages,
  { streams }: BoardOptions,
  request: FastifyRequest<{ Querystring: { page?: unknown } }>,
  reply: FastifyReply,
): FastifyReply | undefined {
  const path = typeof request.query.page === 'string' ? request.query.page : '';
  const page = pages.page(request, path);
  if (pages.content(path, pages.state(), page, true) === undefined) return reply.code(404).send();
  if (streams.full) return reply.code(503).header('retry-after', '5').send();
  const render = () => {
    const state = pages.state();
    const content = pages.content(path, state, page, true);
    return content === undefined ? [] : [navigation(state, page), ...content.regions];
  };
  reply.hijack();
  const headers = reply.getHeaders() as Record<string, string>;
  reply.raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would hold the events back.
    'x-accel-buffering': 'no',
  });
  const { language, theme, timeZone, choice, query } = page;
  streams.follow(JSON.stringify([path, language, theme, timeZone, choice, query]), reply.raw, render);
  return undefined;
}
