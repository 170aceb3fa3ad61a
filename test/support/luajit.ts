import { spawnSync } from 'node:child_process';

/** What a filter of Fluent Bit in Lua answers for a record: -1 drops it, 0 keeps it as it was, 1 and 2 replace it. */
export interface Filtered {
  readonly code: number;
  readonly record: unknown;
  /** Processor time of the call, seconds. */
  readonly seconds: number;
}

/** Reads a record a line, as a table of Lua, and writes what the filter answers, as JSON a line. */
const DRIVER = String.raw`
local function json(value)
  if type(value) == "string" then
    return '"' .. value:gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
  end
  if type(value) ~= "table" then return tostring(value) end
  local items = {}
  if #value > 0 then
    for _, item in ipairs(value) do items[#items + 1] = json(item) end
    return "[" .. table.concat(items, ",") .. "]"
  end
  for key, item in pairs(value) do items[#items + 1] = json(key) .. ":" .. json(item) end
  return "{" .. table.concat(items, ",") .. "}"
end
for line in io.lines() do
  local given, began = assert(loadstring("return " .. line))(), os.clock()
  local code, _, record = FILTER("kube.test", 1, given)
  print(json({ code = code, record = record, seconds = os.clock() - began }))
end
`;

/** A value of JSON in Lua; what is null is not there, as in a table that Fluent Bit makes. */
function literal(value: unknown): string {
  if (typeof value === 'string') return textLiteral(value);
  if (Array.isArray(value)) return `{${value.map(literal).join(',')}}`;
  if (typeof value !== 'object' || value === null) return value === null ? 'nil' : String(value);
  return `{${Object.entries(value).map(([key, item]) => `[${textLiteral(key)}]=${literal(item)}`)}}`;
}

const textLiteral = (text: string): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`;

/**
 * Runs a filter in LuaJIT, the Lua of Fluent Bit, as it calls it.
 * @param call the function of the script
 * @throws Error with what LuaJIT says where it is not installed, or refuses the script
 */
export function filteredByLua(script: string, call: string, records: readonly object[]): Filtered[] {
  const program = `${script}\nFILTER = ${call}\n${DRIVER}`;
  const input = records.map((record) => `${literal(record)}\n`).join('');
  const { error, status, stdout, stderr } = spawnSync('luajit', ['-e', program], {
    ...{
      input,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
      env: { PATH: process.env.PATH },
    },
  });
  if (error) throw new Error(`luajit: ${error.message}; 'node scripts/bootstrap.mjs luajit' installs it`);
  if (status !== 0) throw new Error(`luajit ended with ${status}: ${stderr}`);
  const answers = stdout.split('\n').filter((line) => line !== '');
  return answers.map((line) => JSON.parse(line) as Filtered);
}
