// Makes sliders of the numbers of a policy, and shows what the simulator answers while they are dragged. The simulator
// is a worker, so that a page stays quick; where there is none, the form asks the server.

/** @typedef {{ rows: [string, string][], line: string, chart: string, table: string[][], caption: string }} Answer */
/** @typedef {{ basis: string, faults: Record<string, string[]>, note?: { title: string, text: string, english?: true }, answer?: Answer }} Shown */

/** What a number is before a visitor has changed it. @param {HTMLInputElement} input */
const todayOf = (input) => input.dataset.today ?? '';

/** @param {HTMLFormElement} form @returns {HTMLInputElement[]} */
const fieldsOf = (form) => [...form.querySelectorAll(/** @type {'input'} */ ('input[data-slider]'))];

/** The page allows no other address. @param {string} address */
function startWorker(address) {
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('simulator', {
    createScriptURL: (/** @type {string} */ url) => {
      if (url !== document.body.dataset.simulator) throw new TypeError(`'${url}' must be the simulator`);
      return url;
    },
  });
  return new Worker(policy ? policy.createScriptURL(address) : address);
}

/** A slider beside a field: the field says what is asked, the slider changes it. @param {HTMLInputElement} input */
function addSlider(input) {
  const [min = '', max = '', step = ''] = (input.dataset.slider ?? '').split(' ');
  const slider = document.createElement('input');
  Object.assign(slider, { type: 'range', id: `${input.id}-slider`, min, max, step });
  slider.value = input.value;
  slider.setAttribute('aria-labelledby', `${input.id}-name`);
  slider.setAttribute('aria-describedby', `${input.id}-fault`);
  slider.addEventListener('input', () => {
    input.value = slider.value;
  });
  input.addEventListener('input', () => {
    slider.value = input.value;
  });
  input.after(slider);
}

/** @param {HTMLFormElement} form @returns {Record<string, string>} */
const typedIn = (form) =>
  Object.fromEntries(
    fieldsOf(form).flatMap(({ name, value }) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  );

/** A link shows what its sender saw, and the form of language and colours keeps it. @param {HTMLFormElement} form */
function remember(form) {
  const url = new URL(location.href);
  const settings = document.querySelector('form.settings');
  for (const input of fieldsOf(form)) {
    const { name, value } = input;
    const isChanged = value !== todayOf(input) && value !== '';
    if (isChanged) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
    settings?.querySelector(`input[name="${name}"]`)?.remove();
    if (!isChanged) continue;
    const kept = document.createElement('input');
    Object.assign(kept, { type: 'hidden', name, value });
    settings?.append(kept);
  }
  history.replaceState(history.state, '', url);
}

/** @param {Element} panel @returns {HTMLElement | null} */
function answerIn(panel) {
  const found = panel.querySelector('.answer');
  if (found) return /** @type {HTMLElement} */ (found);
  const template = panel.querySelector('template');
  if (!template) return null;
  template.replaceWith(template.content.cloneNode(true));
  document.dispatchEvent(new CustomEvent('region-replaced'));
  return panel.querySelector('.answer');
}

/** @param {Element} body @param {string[][]} rows */
function fillTable(body, rows) {
  const lines = rows.map(([name = '', ...values]) => {
    const row = document.createElement('tr');
    const head = Object.assign(document.createElement('th'), { scope: 'row', textContent: name });
    const cells = values.map((value) => {
      return Object.assign(document.createElement('td'), { className: 'number', textContent: value });
    });
    row.append(head, ...cells);
    return row;
  });
  body.replaceChildren(...lines);
}

/** @param {Element} root @param {Answer} answer */
function showAnswer(root, { rows, line, chart, table, caption }) {
  const [comparison, values] = root.querySelectorAll('tbody');
  for (const [index, [today, changed]] of rows.entries()) {
    const cells = comparison?.rows[index]?.cells;
    if (cells?.[1]) cells[1].textContent = today;
    if (cells?.[2]) cells[2].textContent = changed;
  }
  if (values) fillTable(values, table);
  const title = root.querySelector('caption');
  if (title) title.textContent = caption;
  const text = root.querySelector('[data-line]');
  if (text) text.textContent = line;
  const figure = root.querySelector('figure');
  figure?.setAttribute('data-chart', chart);
  figure?.dispatchEvent(new CustomEvent('chart-data'));
}

/** @param {HTMLFormElement} form @param {Record<string, string[]>} faults */
function showFaults(form, faults) {
  for (const input of fieldsOf(form)) {
    const texts = faults[input.name] ?? [];
    input.toggleAttribute('aria-invalid', false);
    if (texts.length > 0) input.setAttribute('aria-invalid', 'true');
    const lines = texts.map((text) => Object.assign(document.createElement('span'), { textContent: text }));
    document.getElementById(`${input.id}-fault`)?.replaceChildren(...lines);
  }
}

/** @param {HTMLFormElement} form @param {Shown} shown */
function show(form, { basis, faults, note, answer }) {
  const panel = form.parentElement ?? form;
  const about = panel.querySelector('[data-basis]');
  if (about) about.textContent = basis;
  showFaults(form, faults);
  const told = panel.querySelector('[data-note]');
  told?.toggleAttribute('hidden', note === undefined);
  const [title, text] = told?.querySelectorAll('p') ?? [];
  if (title && text && note) {
    [title.textContent, text.textContent] = [note.title, note.text];
    text.lang = note.english ? 'en' : document.documentElement.lang;
  }
  const root = answerIn(panel);
  root?.toggleAttribute('hidden', answer === undefined);
  if (root && answer) showAnswer(root, answer);
  const isChanged = fieldsOf(form).some((input) => input.value !== todayOf(input));
  form.querySelector('[data-reset]')?.toggleAttribute('hidden', !isChanged);
}

/** Who hears the page is told once a number is settled, not while it is dragged. @param {HTMLFormElement} form */
function tell(form) {
  const panel = form.parentElement ?? form;
  const told = panel.querySelector('[data-said]');
  const head = panel.querySelectorAll('.answer thead th');
  const row = panel.querySelectorAll('.answer tbody tr')[1]?.querySelectorAll('th, td');
  if (!told || !row) return;
  const [name, today, changed] = [...row].map(({ textContent }) => textContent);
  told.textContent = `${name}: ${head[1]?.textContent} ${today}, ${head[2]?.textContent} ${changed}`;
}

/** Asks one question at a time, the newest after it. @param {HTMLFormElement} form @param {Worker} worker */
function asking(form, worker) {
  let [isAsked, isOld, isSettled] = [false, false, false];
  const ask = () => {
    isOld = isAsked;
    if (isAsked) return;
    isAsked = true;
    worker.postMessage({ typed: typedIn(form) });
  };
  worker.addEventListener('message', ({ data }) => {
    isAsked = false;
    form.classList.add('is-live');
    if (data) show(form, data);
    if (isOld) return ask();
    if (isSettled) tell(form);
    isSettled = false;
  });
  const settle = () => {
    isSettled = true;
    remember(form);
    ask();
  };
  return { ask, settle };
}

/** @param {HTMLFormElement} form @param {string} address */
function start(form, address) {
  const worker = startWorker(address);
  worker.postMessage({ basis: JSON.parse(form.dataset.whatIf ?? '') });
  const { ask, settle } = asking(form, worker);
  for (const input of fieldsOf(form)) addSlider(input);
  form.addEventListener('input', ask);
  form.addEventListener('change', settle);
  form.addEventListener('submit', (event) => {
    if (!form.classList.contains('is-live')) return;
    event.preventDefault();
    settle();
  });
  form.querySelector('[data-reset]')?.addEventListener('click', (event) => {
    event.preventDefault();
    for (const input of fieldsOf(form)) {
      input.value = todayOf(input);
      const slider = document.getElementById(`${input.id}-slider`);
      if (slider) /** @type {HTMLInputElement} */ (slider).value = input.value;
    }
    fieldsOf(form)[0]?.focus();
    settle();
  });
  worker.addEventListener('error', () => {
    form.classList.remove('is-live');
    for (const slider of form.querySelectorAll('input[type="range"]')) slider.remove();
  });
  ask();
}

const form = document.querySelector(/** @type {'form'} */ ('form[data-what-if]'));
const address = document.body.dataset.simulator;
if (form && address && 'Worker' in globalThis) start(form, address);
