import { expect, it } from 'vitest';
import { drain } from './request-gate.ts';

/** Drains a server that has requests in flight for `looks` checks, and returns what happened when. */
async function drained(looks: number): Promise<unknown[]> {
  const story: unknown[] = [];
  let now = 0;
  let left = looks;
  let closed = () => {};
  const tell = (what: string) => void story.push([now, what]);
  await drain({
    server: {
      close: (done) => {
        tell('takes no more');
        closed = () => done?.();
        return undefined as never;
      },
    },
    closeIdle: () => {
      tell('closes the idle');
      left -= 1;
      if (left === 0) closed();
    },
    delaySeconds: 5,
    lingerSeconds: 2,
    linger: () => tell('answers close'),
    sleep: async (ms) => {
      now += ms;
    },
  });
  tell('ended');
  return story;
}

it('serves on, lets answers close their connections, and only then takes no more', async () => {
  expect(await drained(1)).toEqual([
    [5000, 'answers close'],
    [7000, 'takes no more'],
    [7000, 'closes the idle'],
    [7050, 'ended'],
  ]);
});

it('waits for the last request in flight', async () => {
  const story = await drained(40);
  expect(story.filter((entry) => String(entry).includes('closes the idle'))).toHaveLength(40);
  expect(story.at(-1)).toEqual([9000, 'ended']);
});
