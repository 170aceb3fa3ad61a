import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A shell's answer where a command is not there. */
const NOT_FOUND = 127;

/** Both streams as one: promtool names a file on one, and prints its faults on the other. */
const MERGED = ['-c', 'exec promtool "$@" 2>&1', 'promtool'];

/** A run ends within seconds: a quarter of its processor time went to giving back memory that the end gives back. */
const env = { ...process.env, GOGC: '400' };

/** @returns what promtool says, and whether it ended well @throws where it is not installed */
export async function promtool(...args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout } = await run('sh', [...MERGED, ...args], { maxBuffer: 64 * 1024 * 1024, env });
    return { ok: true, text: stdout };
  } catch (error) {
    const { code, stdout = '' } = error as { code?: unknown; stdout?: string };
    if (code === NOT_FOUND)
      throw new Error(
        "promtool is not installed: 'node scripts/bootstrap.mjs promtool' does it, or says how",
      );
    return { ok: false, text: stdout };
  }
}

/** The answer of `promtool test rules`, file by file: what is wrong, empty where nothing is. */
export function faultsByFile(text: string): ReadonlyMap<string, string> {
  const sections = text.split(/^Unit Testing: {2}/m).slice(1);
  return new Map(
    sections.map((section) => {
      const [file = '', ...lines] = section.split('\n');
      const said = lines.join('\n').trim();
      return [file.trim(), said === 'SUCCESS' ? '' : said];
    }),
  );
}
