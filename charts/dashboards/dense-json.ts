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
  `${written(sorted(JSON.parse(JSON.stringify(value))), '').text}\n`;

/** A value as text, and as one line where it fits. */
interface Written {
  readonly text: string;
  readonly line: string | undefined;
}

/** One pass: what holds a value that does not fit does not fit either. */
function written(value: unknown, indent: string): Written {
  if (typeof value !== 'object' || value === null) return oneLine(JSON.stringify(value));
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = Array.isArray(value)
    ? value.map((element) => ({ key: '', ...written(element, inner) }))
    : Object.entries(value).map(([key, one]) => ({ key: JSON.stringify(key), ...written(one, inner) }));
  const line = `${open}${parts.map(({ key, line }) => (key === '' ? line : `${key}:${line}`)).join(',')}${close}`;
  if (parts.every((part) => part.line !== undefined) && line.length + indent.length <= WIDTH)
    return oneLine(line);
  const lines = parts.map(({ key, text }) => `${inner}${key === '' ? '' : `${key}: `}${text}`);
  return { text: `${open}\n${lines.join(',\n')}\n${indent}${close}`, line: undefined };
}

const oneLine = (line: string): Written => ({ text: line, line });

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !(key in SILENT) || SILENT[key] !== inner);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
