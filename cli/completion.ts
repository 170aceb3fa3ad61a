import { ConfigurationError } from '../packages/contracts/checks.ts';
import { parseOptions } from './arguments.ts';
import type { Command, Commands } from './commands.ts';

const help = `usage: sluice completion bash | zsh | fish

Prints a script that makes the shell complete the commands and options of 'sluice'.

  source <(npx sluice completion bash)
  source <(npx sluice completion zsh)
  npx sluice completion fish | source
`;

/** A command -> the options that its help lists. */
type OptionsOf = Readonly<Record<string, readonly string[]>>;

/** `sluice completion`. @returns 0 @throws {ConfigurationError} where the shell is not one of the three */
export async function runCompletion(argv: string[], commands: Commands): Promise<number> {
  const { values, positionals } = parseOptions('completion', argv, { help: { type: 'boolean' } }, true);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [shell = '', ...rest] = positionals;
  const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (script === undefined || rest.length > 0)
    throw new ConfigurationError('completion', [
      `'shell' (${positionals.join(' ')}) must be one of: ${Object.keys(shells).join(', ')}`,
    ]);
  process.stdout.write(script(await optionsOfAll(commands)));
  return 0;
}

/** The help is what people read, so it is what completes: an option that is in none would not be found either. */
async function optionsOfAll(commands: Commands): Promise<OptionsOf> {
  const entries: [string, readonly string[]][] = [];
  for (const [name, command] of Object.entries(commands))
    entries.push([name, optionsIn(await helpOf(command))]);
  return Object.fromEntries(entries);
}

const optionsIn = (text: string): string[] => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort();

/** What a command prints when it is asked for help. */
async function helpOf(command: Command): Promise<string> {
  const run = await command.load();
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    await run(['--help']);
  } finally {
    process.stdout.write = write;
  }
  return text;
}

function bash(options: OptionsOf): string {
  const cases = Object.entries(options).map(([name, all]) => `    ${name}) words='${all.join(' ')}' ;;`);
  return `_sluice() {
  local words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words='${Object.keys(options).join(' ')}'
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sluice sluice
`;
}

/** zsh runs bash's script with `bashcompinit`. */
const zsh = (options: OptionsOf): string => `autoload -U +X bashcompinit && bashcompinit\n${bash(options)}`;

function fish(options: OptionsOf): string {
  const names = Object.keys(options).map(
    (name) => `complete -c sluice -f -n __fish_use_subcommand -a ${name}`,
  );
  const flags = Object.entries(options).flatMap(([name, all]) =>
    all.map((option) => `complete -c sluice -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
  );
  return `${[...names, ...flags].join('\n')}\n`;
}

const shells: Readonly<Record<string, (options: OptionsOf) => string>> = { bash, zsh, fish };
