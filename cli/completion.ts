import { OptionReader, parseOptions } from './arguments.ts';
import type { Command, Commands } from './commands.ts';

const help = `usage: sluice completion bash | zsh | fish

Prints a script that makes the shell complete what stands behind 'npx sluice' and 'sluice': commands, their first
words and their options.

  source <(npx sluice completion bash)
  source <(npx sluice completion zsh)
  npx sluice completion fish | source
`;

/** A command -> its options, and the words of which it takes one. */
type WordsOf = Readonly<
  Record<string, { readonly options: readonly string[]; readonly words: readonly string[] }>
>;

/** `sluice completion`. @returns 0 @throws ConfigurationError where the shell is not one of the three */
export async function runCompletion(argv: string[], commands: Commands): Promise<number> {
  const { values, positionals } = parseOptions('completion', argv, { help: { type: 'boolean' } }, true);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const shell = positionals.join(' ');
  const reader = new OptionReader('completion');
  reader.word(shell, Object.keys(shells));
  reader.check();
  process.stdout.write(shells[shell]?.(await wordsOfAll(commands)) ?? '');
  return 0;
}

/** The help is what people read, so it is what completes: an option that is in none would not be found either. */
async function wordsOfAll(commands: Commands): Promise<WordsOf> {
  const entries: [string, WordsOf[string]][] = [];
  for (const [name, command] of Object.entries(commands)) {
    const text = await helpOf(command);
    entries.push([name, { options: optionsIn(text), words: alternativesIn(text) }]);
  }
  return Object.fromEntries(entries);
}

/** An option has a line of its own; one in an example may be another program's. */
const optionsIn = (text: string): string[] =>
  [...new Set(['--help', ...(text.match(/(?<=^ {2})--[a-z][a-z0-9-]+/gm) ?? [])])].sort();

/** `up | down` of the usage. */
const alternativesIn = (text: string): string[] =>
  text.match(/^usage: sluice \w+ ([a-z]+(?: ?\| ?[a-z]+)+)/)?.[1]?.split(/ ?\| ?/) ?? [];

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

function bash(all: WordsOf): string {
  const cases = Object.entries(all).map(
    ([name, { options, words }]) => `    ${name}) words='${[...words, ...options].join(' ')}' ;;`,
  );
  return `_sluice() {
  local words='' first=1
  COMPREPLY=()
  if [ "\${COMP_WORDS[0]}" = npx ]; then
    [ "\${COMP_WORDS[1]}" = sluice ] || return 0
    first=2
  fi
  case "\${COMP_WORDS[$first]}" in
${cases.join('\n')}
  esac
  [ "$COMP_CWORD" -eq "$first" ] && words='${Object.keys(all).join(' ')}'
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sluice sluice npx
`;
}

/** zsh runs bash's script with `bashcompinit`. */
const zsh = (all: WordsOf): string =>
  `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(all)}`;

function fish(all: WordsOf): string {
  const complete = 'complete -c sluice -c npx';
  const names = Object.keys(all).map((name) => `${complete} -f -n '__sluice_runs ""' -a ${name}`);
  const rest = Object.entries(all).flatMap(([name, { options, words }]) => [
    ...words.map((word) => `${complete} -f -n '__sluice_runs ${name}' -a ${word}`),
    ...options.map((option) => `${complete} -n '__sluice_runs ${name}' -l ${option.slice(2)}`),
  ]);
  return `function __sluice_runs
  set -l words (commandline -opc)
  test "$words[1]" = npx; and set -e words[1]
  test "$words[1]" = sluice; and test "$words[2]" = "$argv[1]"
end
${[...names, ...rest].join('\n')}
`;
}

const shells: Readonly<Record<string, (all: WordsOf) => string>> = { bash, zsh, fish };
