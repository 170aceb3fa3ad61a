import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { coloredReport } from './color.ts';
import { commands } from './commands.ts';
import { sourceFault } from './source-fault.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Exit code of the command, and what it says where its reader has left before the first byte. */
function unread(...args: string[]): { code: number; said: string } {
  const script = '"$0" "$@" | exec <&-; exit $PIPESTATUS';
  const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, main, ...args], {
    encoding: 'utf8',
  });
  return { code: status ?? Number.NaN, said: stderr };
}

/** Nothing else of the environment: a runner says by variables of its own (`CI`, `TEAMCITY_VERSION`) what has colours. */
const uncolored = { PATH: process.env.PATH, HOME: process.env.HOME };

function sluice(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    ...{ encoding: 'utf8', env: uncolored },
  });
  return { code: status, out: stdout, err: stderr };
}

it.each([['--help'], ['diff', '--help']])('ends without a word when its reader has left: %s', (...args) => {
  expect(unread(...args)).toEqual({ code: 0, said: '' });
});

describe('sluice', () => {
  it('says its version', () => {
    expect(sluice('--version')).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
    });
  });

  it('names the command that was probably meant', () => {
    expect(sluice('dif')).toEqual({
      ...{ code: 2, out: '', err: "sluice: there is no command 'dif'; did you mean 'diff'?\n" },
    });
    expect(sluice('constructor').err).toBe(
      "sluice: there is no command 'constructor'; 'npx sluice --help' lists them\n",
    );
  });

  it('lists every command, and explains each with an example', () => {
    const { out } = sluice('help');
    for (const name of Object.keys(commands)) expect(out).toContain(`\n  ${name}`);
    expect(sluice('help', 'diff').out).toContain('\n  npx sluice diff origin/main --fail-on prune\n');
  });

  it('completes commands and the options that a help lists', () => {
    const { out: script } = sluice('completion', 'bash');
    const completed = (...words: string[]): string[] => {
      const ask = `${script}\nCOMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _sluice; echo "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', ask], { encoding: 'utf8' }).stdout.trim().split(' ');
    };
    expect(completed('npx', 'sluice', 'ca')).toEqual(['capacity']);
    expect(completed('npx', 'sluice', 'diff', '--f')).toEqual(['--fail-on', '--format']);
    expect(completed('npx', 'vitest', 'ca')).toEqual(['']);
    expect(completed('sluice', 'ca')).toEqual(['capacity']);
    expect(completed('sluice', 'new', 'w')).toEqual(['worker']);
    expect(completed('sluice', 'cluster', 'st')).toEqual(['status']);
    expect(completed('sluice', 'secrets', '--')).toEqual(['--help']);
    expect(sluice('completion', 'fish').out).toContain(
      "complete -c sluice -c npx -n '__sluice_runs diff' -l fail-on\n",
    );
    expect(sluice('completion', 'tcsh')).toMatchObject({
      ...{ code: 2, err: "sluice completion: 'tcsh' must be one of: bash, zsh, fish\n" },
    });
  });
});

describe('every command', () => {
  const names = Object.keys(commands);
  const run = async (name: string, argv: string[]) => (await commands[name]?.load())?.(argv);

  it.each(names)('%s refuses an option that it does not have', async (name) => {
    await expect(run(name, ['--nope'])).rejects.toThrow(`sluice ${name}: '--nope' is no option here`);
  });

  it.each([
    [
      ['logs', 'restor', '--from', 'yesterday', '--region', 'eu-central-1'],
      "sluice logs: 'restor' must be one of: restore\nsluice logs: '--to' must be given\nsluice logs: '--bucket' must be given\nsluice logs: '--from' (yesterday) must be an instant such as 2026-11-29T12:00:00Z",
    ],
    [
      ['logs', 'restore', '--from', '2026-11-29T15:00:00Z', '--to', '2026-11-29T14:00:00Z', '--bucket', 'b'],
      "sluice logs: '--from' (2026-11-29T15:00:00Z) must be before '--to' (2026-11-29T14:00:00Z)",
    ],
    [
      ['cluster', 'upp', '--kwok', 'x'],
      "sluice cluster: 'upp' must be one of: up, down, status, kubeconfig\nsluice cluster: '--kwok' (x) must be a count from 0 to 9999",
    ],
    [['cluster'], 'sluice cluster: needs one of: up, down, status, kubeconfig'],
    [['completion'], 'sluice completion: needs one of: bash, zsh, fish'],
    [['new', 'wroker'], "sluice new: 'wroker' must be one of: "],
    [
      ['new', 'job', 'report', '--redis', '--like', 'local', '--image', 'a:1'],
      "sluice new: '--like' (local) does not apply to a new job\nsluice new: '--redis' does not apply to a new job",
    ],
  ])('names every fault of what it is asked: %j', async ([name = '', ...argv], faults) => {
    await expect(run(name, argv)).rejects.toThrow(faults);
  });

  it.each(names)('%s explains itself with an example', async (name) => {
    expect(await helpOf(name)).toMatch(
      new RegExp(`^usage: sluice ${name}[^]*\\n(  |export .*)npx sluice ${name}`),
    );
  });

  it.each(['synth', 'diff', 'explain', 'capacity', 'simulate', 'advise', 'cluster'])(
    '%s, which reads, also writes for programs',
    async (name) => {
      expect(await helpOf(name)).toMatch(/--format FORMAT .*\bjson\b/);
    },
  );

  async function helpOf(name: string): Promise<string> {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await run(name, ['--help']);
    const text = write.mock.calls.map(([part]) => String(part)).join('');
    write.mockRestore();
    return text;
  }
});

describe('colour', () => {
  const RED = '\u001b[31m';
  const refusal = "sluice: there is no command 'dif'; did you mean 'diff'?";

  /** What is printed to a pipe. */
  function piped(variables: Readonly<Record<string, string>>): string {
    const env = { ...uncolored, ...variables };
    return spawnSync(process.execPath, [main, 'dif'], { encoding: 'utf8', env }).stderr.trim();
  }

  /** What is printed to a terminal: `script` (util-linux) makes one. */
  function onTerminal(variables: Readonly<Record<string, string>>): string {
    const env = { ...uncolored, TERM: 'xterm-256color', ...variables };
    const args = ['--quiet', '--command', `'${process.execPath}' '${main}' dif`, '/dev/null'];
    const { stdout, error } = spawnSync('script', args, { encoding: 'utf8', env, input: '' });
    if (error !== undefined) throw error;
    return stdout.trim();
  }

  it('is on a terminal, and not where NO_COLOR or a dumb terminal says so', () => {
    expect(onTerminal({})).toBe(`${RED}${refusal}\u001b[39m`);
    expect(onTerminal({ NO_COLOR: '1' })).toBe(refusal);
    expect(onTerminal({ TERM: 'dumb' })).toBe(refusal);
  });

  it('is not in a pipe, unless FORCE_COLOR says so', () => {
    expect(piped({})).toBe(refusal);
    expect(piped({ FORCE_COLOR: '1' })).toBe(`${RED}${refusal}\u001b[39m`);
  });

  it('ranks the changes of a report, and nothing else of it', () => {
    const report =
      'main -> working tree: 1 object changes\n\nlocal/a\n  data loss  PersistentVolumeClaim a/b  gone\n';
    vi.stubEnv('FORCE_COLOR', '1');
    const colored = coloredReport(report, process.stdout);
    expect(colored).toContain('\u001b[31mdata loss');
    expect(stripVTControlCharacters(colored)).toBe(report);
  });
});

describe('a source file that cannot be loaded', () => {
  async function faultOf(files: Readonly<Record<string, string>>): Promise<string | undefined> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-source-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const script = `import(${JSON.stringify(join(folder, 'main.ts'))}).catch(async (error) => {
      const { sourceFault } = await import(${JSON.stringify(join(main, '..', 'source-fault.ts'))});
      console.log(sourceFault(error));
    });`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    return stdout.replaceAll(folder, 'FOLDER').trim();
  }

  it('is reported by file, line and column', async () => {
    expect(await faultOf({ 'main.ts': 'export const a: number = 1;\nconst b = {;\n' })).toMatch(
      /^FOLDER\/main\.ts:2:12: Unexpected token/,
    );
  });

  it('is reported at its end where something is left open', async () => {
    expect(await faultOf({ 'main.ts': 'export const a: number = 1;\nexport const b = {\n' })).toMatch(
      /^FOLDER\/main\.ts:2:19: Unexpected token/,
    );
    expect(await faultOf({ 'main.ts': 'const a = [1,\n' })).toMatch(/^FOLDER\/main\.ts:1:\d+: /);
  });

  it('is reported where it imports what another file does not export', async () => {
    expect(
      await faultOf({
        'main.ts': "import { b } from './other.ts';\nb;\n",
        'other.ts': 'export const a = 1;\n',
      }),
    ).toBe("FOLDER/main.ts:1:10: The requested module './other.ts' does not provide an export named 'b'");
  });

  it('is reported where it imports a file that does not exist', async () => {
    expect(await faultOf({ 'main.ts': "import './gone.ts';\n" })).toBe(
      "Cannot find module 'FOLDER/gone.ts' imported from FOLDER/main.ts",
    );
  });

  it('is no fault of a source where another error is thrown', () => {
    expect(sourceFault(new TypeError('x is not a function'))).toBeUndefined();
  });
});
