import { createInterface } from 'node:readline/promises';
import { TestbedError } from '../cluster.ts';

/**
 * Asks a person to type the name of the cluster that will be changed; no other answer is accepted.
 * @throws TestbedError where the answer differs, or no terminal is attached
 */
export async function confirm(context: string, server: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new TestbedError(
      `'${context}' (${server}) is not a cluster of the testbed, and no terminal is attached to ask: pass --yes`,
    );
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question(`This will change '${context}' (${server}). Type its name to go on: `);
    if (answer.trim() !== context)
      throw new TestbedError(`'${answer.trim()}' is not '${context}': nothing was changed`);
  } finally {
    ask.close();
  }
}
