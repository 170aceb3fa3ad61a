// Keeps a page current: the server sends the parts that changed, already as markup that it has escaped.

/** The one way from text to markup; the policy of the page allows no other. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('board', {
  createHTML: (/** @type {string} */ markup) => markup,
});

/** @param {string} markup */
const parsed = (markup) => {
  const template = document.createElement('template');
  template.innerHTML = /** @type {string} */ (
    /** @type {unknown} */ (policy ? policy.createHTML(markup) : markup)
  );
  return template.content;
};

const root = document.documentElement;
root.classList.add('scripted');

for (const select of document.querySelectorAll('.settings select'))
  select.addEventListener('change', () => /** @type {HTMLSelectElement} */ (select).form?.requestSubmit());

/** Where the keyboard is must not be lost: an element is known again by its id. @param {Element} region */
const focusedIn = (region) =>
  region.contains(document.activeElement) ? document.activeElement?.id : undefined;

/** @param {Element} region @param {DocumentFragment} content */
function replace(region, content) {
  const figure = region.querySelector('figure[data-chart]');
  const next = content.querySelector('figure[data-chart]');
  const focused = focusedIn(region);
  const open = [...region.querySelectorAll('details[open]')].map(({ id }) => id);
  const scrolled = region.querySelector('.table-wrap')?.scrollTop ?? 0;
  for (const id of open) content.getElementById(id)?.setAttribute('open', '');
  if (figure && next && figure.querySelector('.uplot')) {
    figure.setAttribute('data-chart', next.getAttribute('data-chart') ?? '');
    const table = next.querySelector('table');
    if (table) figure.querySelector('table')?.replaceWith(table);
    figure.dispatchEvent(new CustomEvent('chart-data'));
  } else {
    region.replaceChildren(content);
    region.dispatchEvent(new CustomEvent('region-replaced', { bubbles: true }));
  }
  const wrap = region.querySelector('.table-wrap');
  if (wrap) wrap.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** @param {boolean} isConnected */
function connected(isConnected) {
  root.classList.toggle('connected', isConnected);
  root.classList.toggle('is-lost', !isConnected);
  const lost = document.querySelector('.lost');
  if (lost) lost.toggleAttribute('hidden', isConnected);
}

/** Longer than the server is ever silent, milliseconds. */
const SILENCE_MS = 12_000;

/** @param {string} address */
function follow(address) {
  let heard = Date.now();
  const source = new EventSource(address);
  const listen = (/** @type {string} */ type, /** @type {(data: string) => void} */ handler) =>
    source.addEventListener(type, (event) => {
      heard = Date.now();
      connected(true);
      handler(/** @type {MessageEvent<string>} */ (event).data);
    });
  listen('alive', () => {});
  listen('regions', (data) => {
    for (const [id, markup] of Object.entries(JSON.parse(data))) {
      const region = document.querySelector(`[data-region="${CSS.escape(id)}"]`);
      // A part that this page does not have yet: it has another shape now.
      if (!region) return location.reload();
      replace(region, parsed(markup));
    }
  });
  source.addEventListener('error', () => connected(false));
  setInterval(() => {
    if (Date.now() - heard > SILENCE_MS) connected(false);
  }, 2000);
}

const address = document.body.dataset.live;
if (address) follow(address);
