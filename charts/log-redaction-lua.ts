import { MASK, SCHEMES, SECRET_ENDS, SECRET_NAMES, SECRET_WORDS } from './log-redaction.ts';

/** The function of the script that Fluent Bit calls. */
export const MASK_SECRETS = 'mask_secrets';

/** @returns each spelling of a name whose `[_-]?` and `s?` may be absent */
const spellings = (name: string): string[] =>
  forked(forked([name], '[_-]?', ['', '_', '-']), 's?', ['', 's']);

const forked = (names: readonly string[], optional: string, forms: readonly string[]): string[] =>
  names.flatMap((name) =>
    name.includes(optional) ? forms.map((form) => name.replace(optional, form)) : [name],
  );

/** Lua's patterns have neither a flag for both cases nor a count. */
const anyCase = (word: string): string =>
  [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join('');
const times = (count: number, item: string): string => item.repeat(count);

/** Escapes of JSON are Lua's for what patterns are made of. */
const quoted = (text: string): string => JSON.stringify(text);
const list = (items: readonly string[]): string => `{ ${items.map(quoted).join(', ')} }`;

const KEY_BEGIN = '%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY%-%-%-%-%-';
const KEY_END = '%-%-%-%-%-END [%u ]*PRIVATE KEY%-%-%-%-%-';
const URL_USER = '%a[%w+.-]*://[^%s/:@]*:[^%s/@]+@';
const WORD = '[^%s,;&"\']';
const NAME = '[%w_][%w_.-]*()\\*["\']?%s*[=:]%s*()';
const CREDENTIALS = '[%w._~+/=-]';

/** What a name says, behind schemes: as VALUE of log-redaction.ts, each an alternative. */
const VALUES = [
  ...[`^${KEY_BEGIN}.-${KEY_END}${WORD}*`, `^${KEY_BEGIN}.*$`],
  ...[`^${URL_USER}${WORD}*`, '^\\*"[^"]*"?', "^\\*'[^']*'?", `^${WORD}+`],
];

/** A text that is a secret by its form. */
interface Form {
  /** Where one may begin: its position is captured. It is found at most once in a run of characters that go on. */
  readonly begin: string;
  /** What it is from there on, the first that fits. */
  readonly whole: readonly string[];
  /** What is passed where it is none; without it a long run would be read once for each of its characters. */
  readonly past: string;
}

const FORMS: readonly Form[] = [
  { begin: '%f[%w+.-][%d+.-]*()%a[%w+.-]*://', whole: [`^${URL_USER}`], past: '^[%w+.-]+' },
  { begin: '%f[%w_]()A[KS]IA', whole: [`^A[KS]IA${times(16, '[%u%d]')}%f[^%w_]`], past: '^[%w_]+' },
  { begin: '%f[%w_]()eyJ', whole: ['^eyJ[%w_-]+%.[%w_-]+%.[%w_-]*'], past: '^[%w_-]+' },
  { begin: `()${KEY_BEGIN}`, whole: [`^${KEY_BEGIN}.-${KEY_END}`, '^.*$'], past: '^%-+' },
  ...SCHEMES.map((scheme) => ({
    ...{ begin: `%f[%w_]()${anyCase(scheme)}%s`, past: '^%a+' },
    whole: [`^%a+%s+${times(8, CREDENTIALS)}${CREDENTIALS}*`],
  })),
];

const form = ({ begin, whole, past }: Form): string =>
  `  form(${quoted(begin)}, ${list(whole)}, ${quoted(past)}),`;

/**
 * The script of Fluent Bit's filter `lua` that masks what the collector's REDACTION masks. A record without secrets is
 * left as it is: what goes through Lua loses nulls and digits of large numbers. Where the script itself fails, Fluent
 * Bit would pass the record on: so its text goes, and only `kept` stays.
 * @param text the field of a record that holds its text
 * @param kept fields that a record has from Fluent Bit itself
 * @see https://docs.fluentbit.io/manual/data-pipeline/filters/lua
 */
export const maskingScript = (text: string, kept: readonly string[]): string => `local MASK = ${quoted(MASK)}
local FIELDS = ${list([
  ...SECRET_ENDS.flatMap(spellings),
  ...SECRET_WORDS.flatMap((word) => ['.', '_', '-'].map((before) => before + word)),
])}
local NAMES = ${list(SECRET_NAMES.flatMap(spellings))}
local VALUES = ${list(VALUES)}
local SCHEMES = ${list(SCHEMES.map((scheme) => `^${anyCase(scheme)}%s+`))}
local NAME = ${quoted(NAME)}

local function ends(text, names)
  text = text:lower()
  for _, name in ipairs(names) do
    if text:sub(-#name) == name then return true end
  end
  return false
end

local function last_of(text, at, patterns)
  for _, pattern in ipairs(patterns) do
    local _, last = text:find(pattern, at)
    if last then return last end
  end
end

local function name_end(text, at)
  local _, _, first, past, value = text:find("^[.-]*()" .. NAME, at)
  if first and ends(text:sub(first, past - 1), NAMES) then return value - 1 end
  return last_of(text, at, SCHEMES)
end

local function value_end(text, at)
  local before, last = at, name_end(text, at)
  while last do
    before, at = at, last + 1
    last = name_end(text, at)
  end
  return last_of(text, at, VALUES) or last_of(text, before, VALUES)
end

local function named(text, at)
  local _, _, first, past, value = text:find("%f[%w_.-][.-]*()" .. NAME, at)
  while first do
    local last = ends(text:sub(first, past - 1), NAMES) and value_end(text, value)
    if last then return first, last end
    _, _, first, past, value = text:find("%f[%w_.-][.-]*()" .. NAME, past)
  end
end

local function form(begin, whole, past)
  return function(text, at)
    local _, _, first = text:find(begin, at)
    while first do
      local last = last_of(text, first, whole)
      if last then return first, last end
      local _, passed = text:find(past, first)
      _, _, first = text:find(begin, passed + 1)
    end
  end
end

local FORMS = {
  named,
${FORMS.map(form).join('\n')}
}

local function without(text, find)
  local parts, from = {}, 1
  local first, last = find(text, from)
  while first do
    parts[#parts + 1] = text:sub(from, first - 1)
    from = last + 1
    first, last = find(text, from)
  end
  if from == 1 then return text end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts, MASK)
end

local changed = false

local function masked(value, secret)
  if type(value) == "table" then
    for key, item in pairs(value) do
      local inner = secret
      if type(key) == "string" then inner = ends("." .. key, FIELDS) end
      local shown = masked(item, inner)
      if shown ~= item then
        value[key] = shown
        changed = true
      end
    end
    return value
  end
  if secret then return MASK end
  if type(value) ~= "string" then return value end
  for _, find in ipairs(FORMS) do value = without(value, find) end
  return value
end

function ${MASK_SECRETS}(tag, timestamp, record)
  changed = false
  if pcall(masked, record, false) then return changed and 2 or 0, timestamp, record end
  local rest = { [${quoted(text)}] = MASK }
  for _, key in ipairs(${list(kept)}) do rest[key] = record[key] end
  return 2, timestamp, rest
end
`;
