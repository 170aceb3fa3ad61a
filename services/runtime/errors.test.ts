import { describe, expect, it } from 'vitest';
import { messageOf } from './errors.ts';

describe('what an error says', () => {
  it.each([
    [new Error('no route'), 'no route'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [
      new AggregateError([
        new Error('connect ECONNREFUSED ::1:1'),
        new Error('connect ECONNREFUSED 127.0.0.1:1'),
      ]),
      'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1',
    ],
    [new AggregateError([]), 'AggregateError'],
    [Object.assign(new Error(), { code: 'EPIPE' }), 'EPIPE'],
  ])('%o', (error, text) => {
    expect(messageOf(error)).toBe(text);
  });
});
