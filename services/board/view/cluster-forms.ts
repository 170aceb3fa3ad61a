import type { ClusterFilter } from '../model/cluster.ts';
import { type Html, html, nothing } from './html.ts';
import type { Page } from './page.ts';

/** Snapshots that a list offers; the address takes any. */
const MOST_OFFERED = 100;

/** What a form keeps of the address beside its own fields. */
export const kept = ({ choice, query }: Page, own: readonly string[]): Html => {
  const entries = Object.entries({ ...choice, ...query }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !own.includes(entry[0]),
  );
  return html`${entries.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
};

const option = (value: string, text: string, chosen: string): Html =>
  html`<option value="${value}"${value === chosen ? html` selected` : nothing}>${text}</option>`;

/** Which snapshot to show, and which one to compare it with. */
export function comparison(instants: readonly number[], shownAt: number, page: Page): Html {
  const { texts, format, query } = page;
  const own = texts.cluster;
  const offered = instants.slice(0, MOST_OFFERED);
  if (offered.length < 2) return nothing;
  const earlier = offered.filter((at) => at < shownAt);
  return html`<form class="form" method="get" action="${page.asset(page.path)}" aria-label="${own.history}">
${kept(page, ['at', 'from'])}
<label><span>${own.shownSnapshot}</span><select name="at">${option('', own.latest, query.at ?? '')}${offered.map((at) => option(String(at), format.instant(at), query.at ?? ''))}</select></label>
<label><span>${own.compareWith}</span><select name="from">${option('', '–', query.from ?? '')}${earlier.map((at) => option(String(at), format.instant(at), query.from ?? ''))}</select></label>
<button type="submit">${own.compare}</button>
</form>`;
}

/** What to look for in the lists. */
export function filterForm(filter: ClusterFilter, namespaces: readonly string[], page: Page): Html {
  const own = page.texts.cluster;
  return html`<form class="form" method="get" action="${page.asset(page.path)}" role="search" aria-label="${own.filter}">
${kept(page, ['q', 'ns', 'only'])}
<label class="wide"><span>${own.search}</span><input id="cluster-search" type="search" name="q" value="${filter.text}" maxlength="200"></label>
<label><span>${own.namespace}</span><select name="ns">${option('', own.anyNamespace, filter.namespace)}${namespaces.map((name) => option(name, name, filter.namespace))}</select></label>
<label class="check"><input type="checkbox" name="only" value="troubled"${filter.troubled ? html` checked` : nothing}><span>${own.onlyTroubled}</span></label>
<button type="submit">${own.filter}</button>
</form>`;
}
