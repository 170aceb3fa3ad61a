import { createInterface } from 'node:readline/promises';
import { BedError } from '../cluster.ts';

/**
 * Asks a person to type the name of what will be changed; nothing else will do, least of all Enter.
 * @throws BedError where the answer differs, or nobody is there to ask
 */
export async function confirm(context: string, server: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new BedError(
      `'${context}' (${server}) is not the bed's own cluster, and nobody is here to ask: pass --yes`,
    );
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question(`This will change '${context}' (${server}). Type its name to go on: `);
    if (answer.trim() !== context)
      throw new BedError(`'${answer.trim()}' is not '${context}': nothing was changed`);
  } finally {
    ask.close();
  }
}
