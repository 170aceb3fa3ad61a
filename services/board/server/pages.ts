import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BoardState } from '../model/state.ts';
import { accepted, type Language, languageOf } from '../text/language.ts';
import { isTimeZone } from '../view/format.ts';
import { Address } from '../view/html.ts';
import { documentOf, type Files, failurePage, navigation } from '../view/layout.ts';
import { overview } from '../view/overview.ts';
import { type Choice, type Content, type Page, pageOf, THEMES } from '../view/page.ts';
import { queue } from '../view/queue.ts';
import type { BoardOptions } from './app.ts';
import type { Asset, AssetName } from './assets.ts';

/** Makes pages of requests. */
export interface Pages {
  readonly state: () => BoardState;
  /** What somebody sees who may see nothing. */
  readonly nothing: () => BoardState;
  readonly page: (request: FastifyRequest, path: string) => Page;
  /** @param isLive whether the page is followed */
  readonly document: (content: Content, state: BoardState, page: Page, isLive?: boolean) => string;
  /** @returns undefined where there is no such page */
  readonly content: (path: string, state: BoardState, page: Page) => Content | undefined;
}

export function pagesOf(
  { prefix, timeZone, state }: BoardOptions,
  assets: Readonly<Record<AssetName, Asset>>,
): Pages {
  const at = (name: AssetName) => new Address(`${prefix}/assets/${assets[name].version}/${name}`);
  const files: Files = {
    style: at('board.css'),
    script: at('board.js'),
    charts: at('charts.js'),
    plot: at('uPlot.js'),
    plotStyle: at('uPlot.css'),
    icon: at('icon.svg'),
  };
  return {
    state,
    nothing: () => ({ connection: { kind: 'loading' }, now: 0, workloads: [] }),
    page: (request, path) => {
      const choice = choiceOf(request.query as Readonly<Record<string, unknown>>);
      const language: Language = choice.lang ?? accepted(request.headers['accept-language']);
      return pageOf({ prefix, path, language, timeZone: choice.tz ?? timeZone, choice });
    },
    document: (content, shown, page, isLive = true) => documentOf(content, shown, page, files, isLive),
    content: (path, shown, page) => contentOf(path, shown, page),
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

const QUEUE = /^\/queues\/([^/]{1,4096})$/;

function contentOf(path: string, state: BoardState, page: Page): Content | undefined {
  if (path === '/') return overview(state, page);
  const name = decoded(QUEUE.exec(path)?.[1]);
  const workload = state.workloads.find((each) => each.workload === name);
  return workload && queue(state, workload, page);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function addPages(scope: FastifyInstance, pages: Pages, options: BoardOptions): void {
  const answer = (path: string, request: FastifyRequest, reply: FastifyReply) => {
    const state = pages.state();
    const page = pages.page(request, path);
    const content = pages.content(path, state, page);
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
    if (content === undefined)
      return reply.code(404).send(pages.document(failurePage(404, page), state, page, false));
    return reply.send(pages.document(content, state, page));
  };
  scope.get('/', (request, reply) => answer('/', request, reply));
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
  if (pages.content(path, pages.state(), page) === undefined) return reply.code(404).send();
  if (streams.full) return reply.code(503).header('retry-after', '5').send();
  const render = () => {
    const state = pages.state();
    const content = pages.content(path, state, page);
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
  const { language, theme, timeZone } = page;
  streams.follow(JSON.stringify([path, language, theme, timeZone, page.choice]), reply.raw, render);
  return undefined;
}
