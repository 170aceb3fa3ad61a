import { FaultsError } from '@sluice/policy';
import { closestTo } from './arguments.ts';
import { styled } from './color.ts';
import { commands, usage } from './commands.ts';
import { sourceFault } from './source-fault.ts';
import { version } from './version.ts';

async function main([name = '', ...rest]: string[]): Promise<number> {
  const answer = answers.get(name);
  // `sluice help diff` is what `sluice diff --help` is.
  if (name === 'help' && rest[0] !== undefined) return main([rest[0], '--help']);
  if (answer !== undefined) process.stdout.write(answer());
  if (answer !== undefined) return name === '' ? 2 : 0;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return (await command.load())(rest);
  const near = closestTo(name, Object.keys(commands));
  const hint = near === undefined ? "'npx sluice --help' lists them" : `did you mean '${near}'?`;
  refuse(`sluice: there is no command '${name}'; ${hint}`);
  return 2;
}

const refuse = (message: string): boolean =>
  process.stderr.write(`${styled('red', message, process.stderr)}\n`);

/** What is answered without a command. */
const answers: ReadonlyMap<string, () => string> = new Map([
  ['', usage],
  ['--help', usage],
  ['help', usage],
  ['--version', () => `${version}\n`],
]);

/**
 * Runs `sluice` with its arguments: one file a command, loaded when it is called. Sets the exit code, and reports what
 * is wrong with the arguments or the sources in a line each.
 * @throws {Error} what is no fault of the arguments or the sources
 */
export async function runSluice(argv: string[]): Promise<void> {
  // A reader such as `| head` may close the pipe: that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    // A command that has servers to end listens itself.
    if (process.stdout.listenerCount('error') === 1) process.exit();
  });
  try {
    process.exitCode = await main(argv);
  } catch (error) {
    const message = error instanceof FaultsError ? error.message : sourceFault(error);
    if (message === undefined) throw error;
    refuse(message);
    process.exitCode = 2;
  }
}
