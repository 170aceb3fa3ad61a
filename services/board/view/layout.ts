import { healthOf } from '../model/health.ts';
import type { BoardState } from '../model/state.ts';
import { catalogue, LANGUAGES } from '../text/language.ts';
import { type Address, type Html, html, levelIcon, mark } from './html.ts';
import { type Content, type Page, type Region, THEMES } from './page.ts';

/** Addresses of the files that a page loads. */
export interface Files {
  readonly style: Address;
  readonly script: Address;
  readonly charts: Address;
  readonly plot: Address;
  readonly plotStyle: Address;
  readonly icon: Address;
  readonly whatIf: Address;
  /** A program that the page starts beside itself. */
  readonly simulator: Address;
}

/** The whole document. @param isLive whether it is followed */
export function documentOf(
  content: Content,
  state: BoardState,
  page: Page,
  files: Files,
  isLive: boolean,
): string {
  const { texts, language, theme } = page;
  const regions = [...content.regions].map(section);
  const markup = html`<html lang="${language}" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === 'system' ? 'light dark' : theme}">
<title>${content.title} · Sluice</title>
<link rel="icon" href="${files.icon}" type="image/svg+xml">
${content.charts && html`<link rel="stylesheet" href="${files.plotStyle}">`}<link rel="stylesheet" href="${files.style}">
${content.charts && html`<script src="${files.plot}" defer></script><script type="module" src="${files.charts}"></script>`}<script type="module" src="${files.script}"></script>
${content.whatIf && html`<script type="module" src="${files.whatIf}"></script>`}</head>
<body${isLive && html` data-live="${page.link('/live', { ...page.query, page: page.path }).text}"`}${content.whatIf && html` data-simulator="${files.simulator}"`}>
<a class="skip" href="#main">${texts.skip}</a>
<div class="frame">
<header class="side"><div class="side-stays">
<a class="brand" href="${page.link('/')}">${mark}<span>Sluice<small>${texts.title}</small></span></a>
<nav aria-label="${texts.navigation}">${section(navigation(state, page))}</nav>
${settings(page)}
</div></header>
<main id="main" tabindex="-1">
<div class="lost" role="status" hidden><p class="banner-title">${texts.lostTitle}</p><p>${texts.lostText}</p></div>
${regions}
<footer class="foot"><span class="live-mark">${texts.live}</span><a class="refresh" href="${page.link(page.path, page.query)}">${texts.refresh}</a><span>${texts.zoneNote(page.timeZone)}</span></footer>
</main>
</div>
</body>
</html>`;
  return `<!doctype html>\n${markup.toString()}`;
}

const section = ({ id, content }: Region): Html =>
  html`<div class="region region-${id}" data-region="${id}">${content}</div>`;

/** The pages, and each workload with its level. */
export function navigation({ workloads, connection }: BoardState, page: Page): Region {
  const { texts, path } = page;
  const here = (to: string) => (to === path ? html` aria-current="page"` : html``);
  const own: readonly (readonly [string, string, string])[] = [
    ['overview', '/', texts.overview],
    ['cluster', '/cluster-info', texts.cluster.title],
    ['infra', '/infra', texts.infra.title],
    ['logs', '/logs', texts.logs.title],
    ['releases', '/releases', texts.releases.title],
  ];
  const content = html`<ul>
${own.map(([id, to, title]) => html`<li><a id="nav-${id}" href="${page.link(to)}"${here(to)}>${title}</a></li>`)}
${
  workloads.length > 0 &&
  html`<li><span class="nav-title">${texts.queues}</span><ul>${workloads.map((workload) => {
    const to = `/queues/${encodeURIComponent(workload.workload)}`;
    const { level } = healthOf(workload, connection.kind === 'live');
    return html`<li><a id="nav-queue-${encodeURIComponent(workload.workload)}" href="${page.link(to)}"${here(to)}><span class="dot" data-level="${level}">${levelIcon(level)}<span class="hidden">${texts.levels[level]}</span></span><bdi>${workload.workload}</bdi></a></li>`;
  })}</ul></li>`
}
</ul>`;
  return { id: 'nav', content };
}

function settings(page: Page): Html {
  const { texts, language, theme, choice } = page;
  const names = { system: texts.themeSystem, light: texts.themeLight, dark: texts.themeDark };
  return html`<form class="settings" method="get" action="${page.asset(page.path)}" aria-label="${texts.settings}">
${choice.tz !== undefined && html`<input type="hidden" name="tz" value="${choice.tz}">`}${Object.entries(page.query).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<label><span>${texts.languageLabel}</span><select name="lang">${LANGUAGES.map((each) => html`<option value="${each}" lang="${each}"${each === language ? html` selected` : html``}>${catalogue[each].language}</option>`)}</select></label>
<label><span>${texts.theme}</span><select name="theme">${THEMES.map((each) => html`<option value="${each}"${each === theme ? html` selected` : html``}>${names[each]}</option>`)}</select></label>
<button type="submit">${texts.apply}</button>
</form>`;
}

/** A page that says what went wrong, and where to go. */
export function failurePage(status: number, page: Page): Content {
  const { texts } = page;
  const known: Readonly<Record<number, readonly [string, string]>> = {
    401: [texts.unauthorizedTitle, texts.unauthorizedText],
    404: [texts.notFoundTitle, texts.notFoundText],
    429: [texts.tooManyTitle, texts.tooManyText],
  };
  const [title, text] = known[status] ?? [texts.brokenTitle, texts.brokenText];
  const level = status >= 500 ? 'critical' : 'unknown';
  const content = html`<section class="empty failure" data-level="${level}">${levelIcon(level)}<h1>${title}</h1><p>${text}</p><p><a class="button" href="${page.link('/')}">${texts.backToOverview}</a></p></section>`;
  return { title, regions: [{ id: 'failure', content }] };
}
