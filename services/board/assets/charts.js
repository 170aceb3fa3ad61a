// Draws the figures of a page with uPlot; the data is in an attribute of each figure, and in its table.

/** @typedef {{ label: string, tone: string, values: (number | null)[], step?: boolean, fill?: boolean }} Line */
/** @typedef {{ title: string, timeZone: string, language: string, times: number[], lines: Line[], marks: number[], target?: number }} Data */

const HEIGHT = 168;
const SYNC = 'board';
/** @type {any} */
const Plot = /** @type {any} */ (globalThis).uPlot;

/** @param {Element} element @param {string} name */
const token = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

/** A colour as the browser resolves it: a canvas knows no light-dark(). @param {Element} parent @param {string} name */
function colour(parent, name) {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  parent.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** @param {Element} figure @returns {Data} */
const dataOf = (figure) => JSON.parse(figure.getAttribute('data-chart') ?? '');

/** @param {Data} data */
const columns = ({ times, lines }) => [times, ...lines.map(({ values }) => values)];

/** What an axis tells of an instant: no more than differs along it. @param {number} seconds @returns {Intl.DateTimeFormatOptions} */
function partsOf(seconds) {
  if (seconds > 36 * 3600) return { day: 'numeric', month: 'short' };
  const minutes = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit' });
  return seconds > 1200 ? minutes : { ...minutes, second: '2-digit' };
}

/** @param {Data} data */
function formats({ language, timeZone, times }) {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const small = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const axis = new Intl.DateTimeFormat(language, { timeZone, hourCycle: 'h23', ...partsOf(span) });
  const clock = new Intl.DateTimeFormat(language, {
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone },
  });
  return {
    number: (/** @type {number} */ v) => (Math.abs(v) < 1 ? small : number).format(v),
    clock: (/** @type {number} */ s) => clock.format(s * 1000),
    axis: (/** @type {number} */ s) => axis.format(s * 1000),
  };
}

/** Decisions and the target, over the lines. @param {Element} figure @param {() => Data} data */
const overlay = (figure, data) => ({
  hooks: {
    draw: (/** @type {any} */ plot) => {
      const { ctx, bbox } = plot;
      const ratio = devicePixelRatio || 1;
      ctx.save();
      ctx.lineWidth = ratio;
      ctx.setLineDash([3 * ratio, 4 * ratio]);
      ctx.strokeStyle = colour(figure, '--ink-2');
      ctx.globalAlpha = 0.7;
      for (const at of data().marks) {
        const x = Math.round(plot.valToPos(at, 'x', true));
        if (x >= bbox.left && x <= bbox.left + bbox.width) line(ctx, x, bbox.top, x, bbox.top + bbox.height);
      }
      const { target } = data();
      if (target !== undefined && target <= plot.scales.y.max) {
        ctx.globalAlpha = 1;
        ctx.strokeStyle = colour(figure, '--critical');
        const y = Math.round(plot.valToPos(target, 'y', true));
        line(ctx, bbox.left, y, bbox.left + bbox.width, y);
      }
      ctx.restore();
    },
  },
});

/** @param {CanvasRenderingContext2D} ctx @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function line(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** What the lines are where the pointer is. @param {Element} holder @param {() => Data} data */
function tip(holder, data) {
  const element = document.createElement('div');
  element.className = 'tip';
  element.hidden = true;
  holder.append(element);
  return {
    hooks: {
      setCursor: (/** @type {any} */ plot) => {
        const { idx, left } = plot.cursor;
        element.hidden = idx === null || idx === undefined || left < 0;
        if (element.hidden) return;
        const { number, clock } = formats(data());
        const values = data().lines.map(
          ({ label, values }) => `${label} ${values[idx] === null ? '–' : number(values[idx] ?? 0)}`,
        );
        element.textContent = [clock(data().times[idx] ?? 0), ...values].join('   ');
        const room = holder.clientWidth - element.offsetWidth;
        element.style.left = `${Math.max(0, Math.min(room, left + 20))}px`;
      },
    },
  };
}

/** @param {HTMLElement} figure @param {Line} line */
function seriesOf(figure, { label, tone, step, fill }) {
  const toned = document.createElement('i');
  toned.className = `tone-${tone}`;
  figure.append(toned);
  const [stroke, soft] = [colour(toned, '--tone'), colour(toned, '--tone-soft')];
  toned.remove();
  return {
    ...{ label, stroke, width: 2, points: { show: false } },
    ...(fill && { fill: soft }),
    ...(step && { paths: Plot.paths.stepped({ align: 1 }) }),
  };
}

/** @param {HTMLElement} figure @param {HTMLElement} holder */
function optionsOf(figure, holder) {
  const data = () => dataOf(figure);
  const shown = formats(data());
  const [ink, rule] = [colour(figure, '--ink-2'), colour(figure, '--rule')];
  const axis = {
    ...{ stroke: ink, font: `12px ${token(figure, '--face')}`, ticks: { show: false } },
    grid: { stroke: rule, width: 1 },
  };
  const written =
    (/** @type {(value: number) => string} */ write) =>
    (/** @type {any} */ _plot, /** @type {number[]} */ splits) =>
      splits.map(write);
  // Its span grows while it is followed.
  const instants = (/** @type {any} */ _plot, /** @type {number[]} */ splits) =>
    splits.map(formats(data()).axis);
  const range = (/** @type {any} */ _plot, /** @type {number} */ _min, /** @type {number} */ max) => [
    0,
    max > 0 ? max * 1.08 : 1,
  ];
  return {
    ...{ width: holder.clientWidth, height: HEIGHT, padding: [8, 28, 0, 0], legend: { show: false } },
    series: [{}, ...data().lines.map((line) => seriesOf(figure, line))],
    scales: { x: { time: true }, y: { range } },
    axes: [
      { ...axis, values: instants, space: 90, size: 28 },
      { ...axis, values: written(shown.number), size: 48 },
    ],
    cursor: { sync: { key: SYNC }, y: false, points: { size: 7 } },
    plugins: [overlay(figure, data), tip(holder, data)],
  };
}

/** @param {HTMLElement} figure */
function draw(figure) {
  const holder = /** @type {HTMLElement} */ (figure.querySelector('.plot'));
  const options = optionsOf(figure, holder);
  holder.querySelector('.picture')?.remove();
  const plot = new Plot(options, columns(dataOf(figure)), holder);
  figure.addEventListener('chart-data', () => plot.setData(columns(dataOf(figure))));
  new ResizeObserver(() => plot.setSize({ width: holder.clientWidth, height: HEIGHT })).observe(holder);
}

function drawAll() {
  for (const figure of document.querySelectorAll('figure[data-chart]'))
    if (!figure.querySelector('.uplot')) draw(/** @type {HTMLElement} */ (figure));
}

document.addEventListener('region-replaced', drawAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const holder of document.querySelectorAll('figure[data-chart] .plot')) holder.replaceChildren();
  drawAll();
});
drawAll();
