/** The longest value that stands on one line. */
const WIDTH = 110;

/** What the SDK writes although it says nothing: the value that Grafana takes without it. */
const SILENT: Readonly<Record<string, unknown>> = {
  transparent: false,
  hide: false,
  repeatDirection: 'h',
  // It would hide what it is set on in a menu.
  placement: 'inControlsMenu',
  builtIn: 0,
  icon: '',
  tooltip: '',
  targetBlank: false,
};

/** JSON with sorted keys; a value that fits stands on one line, so that a change is a line and a file is short. */
export const denseJson = (value: object): string =>
  // Methods and undefined values of the SDK's objects are no JSON.
  `${text(sorted(JSON.parse(JSON.stringify(value))), '')}\n`;

function text(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= WIDTH) return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = Array.isArray(value)
    ? value.map((element) => `${inner}${text(element, inner)}`)
    : Object.entries(value).map(([key, one]) => `${inner}${JSON.stringify(key)}: ${text(one, inner)}`);
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !(key in SILENT) || SILENT[key] !== inner);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
