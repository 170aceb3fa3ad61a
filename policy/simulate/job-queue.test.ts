import { expect, it } from 'vitest';
import { JobQueue } from './job-queue.ts';

const queueOf = (...counts: readonly number[]): JobQueue => new JobQueue(Uint32Array.from(counts));

it('first in, first out, with the second each job came in', () => {
  const queue = queueOf(1, 0, 2);
  for (let second = 0; second < 3; second += 1) queue.enqueueArrivals();
  const taken = Array.from({ length: 3 }, () => {
    queue.take();
    return [queue.index, queue.arrivedAt];
  });
  expect(taken).toEqual([
    [0, 0],
    [1, 2],
    [2, 2],
  ]);
  expect(queue.length).toBe(0);
  expect(queue.oldestArrival()).toBeUndefined();
});

it('jobs that come back keep their age and their place in front', () => {
  const queue = queueOf(2, 1);
  queue.enqueueArrivals();
  queue.take();
  queue.take();
  queue.enqueueArrivals();
  queue.requeue({ index: 0, arrivedAt: 0, availableAt: 9 });
  queue.requeue({ index: 1, arrivedAt: 0, availableAt: 8 });
  expect(queue.length).toBe(3);
  expect(queue.oldestArrival()).toBe(0);
  expect(queue.headAvailableAt()).toBe(9);
  const order = Array.from({ length: 3 }, () => {
    queue.take();
    return queue.index;
  });
  expect(order).toEqual([0, 1, 2]);
});
