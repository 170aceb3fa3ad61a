/** Progress goes to stderr, so that stdout stays for what a command is asked for (a kubeconfig's path). */
export function say(text: string): void {
  process.stderr.write(`testbed: ${text}\n`);
}

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);

/** Says what begins, what is still under way every 30 s, and how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  say(`${what} ...`);
  const still = setInterval(() => say(`${what}: still at it after ${seconds(began)} s`), 30_000);
  try {
    const value = await work();
    say(`${what}: done in ${seconds(began)} s`);
    return value;
  } finally {
    clearInterval(still);
  }
}
