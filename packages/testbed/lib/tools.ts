/** Go programs, built when first needed from the modules under tools/ and cached by what they are. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TestbedError } from '../cluster.ts';
import { cacheDir } from './dirs.ts';
import { withLock } from './lock.ts';
import { answers, run } from './run.ts';
import { step } from './say.ts';

/** A program that is built from a Go module of its own requirements. */
export interface Tool {
  /** Names the module's folder under tools/. */
  readonly name: string;
  /** Go package -> binary name is the package's last path element; '.' is the module's own main. */
  readonly packages: readonly string[];
  /** Module whose version names the build; none where the program is the test cluster's own. */
  readonly module?: string;
  /** Extra linker flags, given the version. */
  readonly ldflags?: (version: string) => string;
  /** Files that the module embeds and its archive lacks: path below the module -> text, gzipped where it ends in .gz. @default none */
  readonly absent?: Readonly<Record<string, string>>;
  /** What to expect with a cold build cache, two cores. */
  readonly minutes: number;
}

const root = join(import.meta.dirname, '..', 'tools');
/** Stripped: the tables of a debugger are not made in the first place. A profile would compile every dependency once more. */
const LEAN = ['-trimpath', '-gcflags=all=-dwarf=false', '-pgo=off'];
const flavour = '-s -w';

/** A proxy of modules that does not answer now may answer soon. */
const DOWNLOAD_FAILED =
  /dial tcp|i\/o timeout|connection re(?:set|fused)|TLS handshake|unexpected EOF|: 5\d\d /;
const TRIES = 3;

/** @returns the version that the go.mod requires of a module. @throws TestbedError where it requires none */
export function requiredVersion(goMod: string, module: string): string {
  const row = goMod.split('\n').find((line) =>
    line
      .replace(/^require\s+/, '')
      .trim()
      .startsWith(`${module} v`),
  );
  const version = row
    ?.trim()
    .split(/\s+/)
    .at(row.startsWith('require') ? 2 : 1);
  if (version === undefined) throw new TestbedError(`go.mod requires no version of '${module}'`);
  return version;
}

/** The version of a tool's module, as its go.mod pins it. */
export function toolVersion(tool: Tool): string {
  if (tool.module === undefined) return '1';
  return requiredVersion(readFileSync(join(root, tool.name, 'go.mod'), 'utf8'), tool.module);
}

/** `<cache>/<tool>-<version>-<hash of go.sum and sources>`: a changed dependency is another tool. */
export function toolDir(tool: Tool): string {
  const folder = join(root, tool.name);
  const digest = createHash('sha256').update(JSON.stringify(tool.packages));
  if (tool.absent !== undefined) digest.update(JSON.stringify(tool.absent));
  for (const file of readdirSync(folder).sort()) digest.update(file).update(readFileSync(join(folder, file)));
  const hash = digest.digest('hex').slice(0, 12);
  return join(cacheDir, 'tools', `${tool.name}-${toolVersion(tool)}-${hash}`);
}

async function compile(tool: Tool, into: string): Promise<void> {
  const flags = `${flavour} ${tool.ldflags?.(toolVersion(tool)) ?? ''}`.trim();
  const niced = ['nice', '-n', '10', 'go', 'build', '-mod=readonly', ...LEAN, '-ldflags', flags];
  mkdirSync(into, { recursive: true });
  const cwd = join(root, tool.name);
  const completed = await withAbsentFiles(tool, join(into, '..', 'source'));
  await build([...niced, ...completed, '-o', `${into}/`, ...tool.packages], cwd);
  rmSync(join(into, '..', 'source'), { recursive: true, force: true });
}

/** What was compiled before a download failed is in Go's cache. */
async function build(command: readonly string[], cwd: string, tries = TRIES): Promise<void> {
  try {
    await run(command, { cwd, env: { CGO_ENABLED: '0' }, seconds: 3600 });
  } catch (error) {
    if (tries <= 1 || !DOWNLOAD_FAILED.test(String(error))) throw error;
    await build(command, cwd, tries - 1);
  }
}

/**
 * Go takes no overlay below its module cache: the module is copied, completed, and the copy replaces it.
 * @returns the flags that make `go build` take the copy; none where nothing is absent
 */
async function withAbsentFiles({ name, module = '', absent }: Tool, source: string): Promise<string[]> {
  if (absent === undefined) return [];
  const cwd = join(root, name);
  await run(['go', 'mod', 'download', module], { cwd, seconds: 600 });
  const { stdout } = await run(['go', 'list', '-m', '-f', '{{.Dir}}', module], { cwd });
  cpSync(stdout.trim(), join(source, 'module'), { recursive: true });
  await run(['chmod', '-R', 'u+w', source]);
  for (const [path, text] of Object.entries(absent)) {
    const file = join(source, 'module', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, path.endsWith('.gz') ? gzipSync(text) : text);
  }
  const goMod = readFileSync(join(cwd, 'go.mod'), 'utf8');
  writeFileSync(join(source, 'go.mod'), `${goMod}\nreplace ${module} => ${join(source, 'module')}\n`);
  cpSync(join(cwd, 'go.sum'), join(source, 'go.sum'));
  return [`-modfile=${join(source, 'go.mod')}`];
}

/** @returns the folder of the tool's binaries, built now where they are not there yet */
export async function ensureTool(tool: Tool): Promise<string> {
  const dir = toolDir(tool);
  const bin = join(dir, 'bin');
  if (existsSync(bin)) return bin;
  if (!(await answers(['go', 'version'])))
    throw new TestbedError(`Go is needed to build ${tool.name}: install Go >= 1.26 (https://go.dev/dl)`);
  return withLock(`${dir}.lock`, async () => {
    if (existsSync(bin)) return bin;
    await step(`building ${tool.name} ${toolVersion(tool)} (once; about ${tool.minutes} min)`, async () => {
      rmSync(`${dir}.partial`, { recursive: true, force: true });
      await compile(tool, join(`${dir}.partial`, 'bin'));
      renameSync(`${dir}.partial`, dir);
    });
    return bin;
  });
}

/** Downloads what the packages need, and nothing else of their modules. What it cannot get, the build says. */
async function download({ name, packages }: Tool): Promise<void> {
  await run(['go', 'list', '-e', '-deps', '-mod=readonly', ...packages], {
    ...{ cwd: join(root, name), env: { CGO_ENABLED: '0' }, seconds: 900 },
    check: false,
  });
}

/**
 * Starts to build several, the first ones first. `go build` fills every core but at its end, where it links on one,
 * and at its beginning, where it downloads: a second one fills those meanwhile, and what comes later is downloaded
 * beside both. What fails stops no other.
 * @returns tool -> its end
 */
export function buildTools(tools: readonly Tool[]): ReadonlyMap<Tool, Promise<string>> {
  const ends = new Map([...new Set(tools)].map((tool) => [tool, Promise.withResolvers<string>()] as const));
  const waiting = [...ends.keys()];
  const absent = waiting.filter((tool) => !existsSync(toolDir(tool)));
  const lanes = Math.max(2, Math.floor(availableParallelism() / 2));
  const lane = async (): Promise<void> => {
    for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift())
      await ensureTool(tool).then(ends.get(tool)?.resolve, ends.get(tool)?.reject);
  };
  const downloads = async (): Promise<void> => {
    for (const tool of absent.slice(lanes)) if (waiting.includes(tool)) await download(tool);
  };
  for (let count = 0; count < lanes; count += 1) void lane();
  // Without Go the builds say so.
  downloads().catch(() => {});
  return new Map([...ends].map(([tool, { promise }]) => [tool, promise]));
}

/** Builds several, the first ones first. */
export async function ensureTools(tools: readonly Tool[]): Promise<void> {
  await Promise.all(buildTools(tools).values());
}
