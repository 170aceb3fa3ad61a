import type {
  AutoscalerRow,
  ClaimRow,
  EventRow,
  PodRow,
  WorkloadRow,
} from '../../../packages/contracts/cluster-snapshot.ts';
import { type ClusterFilter, type NamespaceLoad, podLevel, workloadHealth } from '../model/cluster.ts';
import { type Html, html, nothing } from './html.ts';
import type { Page } from './page.ts';
import { type Column, instant, message, state } from './parts.ts';

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

/** An object of a namespace. */
export interface Named {
  readonly name: string;
  readonly namespace: string;
}

const nameCell = ({ namespace, name }: Named): Html =>
  html`<bdi>${name}</bdi><small><bdi>${namespace}</bdi></small>`;

/** The columns of the table of namespaces. */
export function namespaceColumns({ texts, format }: Page): readonly Column<NamespaceLoad>[] {
  const own = texts.cluster;
  return [
    { title: own.name, cell: ({ name }) => html`<bdi>${name}</bdi>` },
    {
      title: own.state,
      cell: ({ level, phase }) => state(level, phase === 'Active' ? texts.levels[level] : phase),
    },
    { title: texts.workloads, cell: ({ workloads }) => html`${format.count(workloads)}`, number: true },
    { title: own.pods, cell: ({ pods }) => html`${format.count(pods)}`, number: true },
    { title: own.cpu, cell: ({ requests }) => html`${format.cores(requests.cpu)}`, number: true },
    { title: own.memory, cell: ({ requests }) => html`${format.bytes(requests.memory)}`, number: true },
  ];
}

/** How serious the state of an autoscaler is: one that is limited by its maximum wants more than it may have. */
export const autoscalerLevel = ({ reason }: AutoscalerRow): 'attention' | 'ok' =>
  reason === undefined || reason === 'DesiredWithinRange' ? 'ok' : 'attention';

/** The columns of the table of HorizontalPodAutoscalers. */
export function autoscalerColumns({ texts, format }: Page): readonly Column<AutoscalerRow>[] {
  const own = texts.cluster;
  return [
    { title: own.name, cell: nameCell },
    { title: own.kind, cell: ({ target }) => html`<bdi>${target}</bdi>` },
    {
      title: own.state,
      cell: (row) => {
        const level = autoscalerLevel(row);
        return state(level, row.reason ?? texts.levels[level]);
      },
    },
    {
      title: texts.replicas,
      cell: ({ current, desired }) =>
        html`${own.ofAllocatable(format.count(current), format.count(desired))}`,
      number: true,
    },
    {
      title: own.limits,
      cell: ({ min, max }) => html`${format.count(min)}\u2013${format.count(max)}`,
      number: true,
    },
  ];
}

/** The columns of the table of workloads. */
export function workloadColumns({ texts, format }: Page): readonly Column<WorkloadRow>[] {
  const own = texts.cluster;
  return [
    { title: own.name, cell: nameCell },
    { title: own.kind, cell: ({ kind }) => html`${kind}` },
    {
      title: own.state,
      cell: (row) => {
        const { level, condition } = workloadHealth(row);
        return html`${state(level, own.conditions[condition])}${row.reason !== undefined && html`<small>${row.reason}</small>`}`;
      },
    },
    {
      title: own.ready,
      cell: ({ ready, desired }) => html`${own.ofAllocatable(format.count(ready), format.count(desired))}`,
      number: true,
    },
    { title: own.images, cell: ({ images }) => html`${images.map((image) => html`<code>${image}</code>`)}` },
  ];
}

/** The columns of the table of pods. */
export function podColumns({ texts, format }: Page): readonly Column<PodRow>[] {
  const own = texts.cluster;
  return [
    { title: own.name, cell: nameCell },
    {
      title: own.state,
      cell: (row) => state(podLevel(row), row.reason ?? row.phase),
    },
    { title: own.restarts, cell: ({ restarts }) => html`${format.count(restarts)}`, number: true },
    {
      title: own.requested,
      cell: ({ requests }) =>
        html`${format.cores(requests.cpu)}<small>${format.bytes(requests.memory)}</small>`,
      number: true,
    },
    { title: own.node, cell: ({ node }) => html`<bdi>${node ?? '–'}</bdi>` },
  ];
}

/** The columns of the table of volume claims. */
export function claimColumns({ texts, format }: Page): readonly Column<ClaimRow>[] {
  const own = texts.cluster;
  return [
    { title: own.name, cell: nameCell },
    { title: own.state, cell: ({ phase }) => state(phase === 'Bound' ? 'ok' : 'attention', phase) },
    { title: own.size, cell: ({ bytes }) => html`${format.bytes(bytes)}`, number: true },
    { title: own.kind, cell: (row) => html`${row.class ?? '–'}<small>${row.modes.join(', ')}</small>` },
  ];
}

/** The columns of the table of Events. */
export function eventColumns(page: Page): readonly Column<EventRow>[] {
  const { texts } = page;
  const own = texts.cluster;
  return [
    { title: own.name, cell: nameCell },
    { title: texts.reason, cell: ({ reason, kind }) => html`${reason}<small>${kind}</small>` },
    { title: texts.explanation, cell: (row) => message(row.message, page) },
    {
      title: texts.time,
      cell: ({ lastSeen }) => instant(lastSeen, page),
    },
  ];
}
