import { describe, expect, it } from 'vitest';
import { messageOf, readFaultOf } from './errors.ts';

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

describe('why a file of JSON cannot be read', () => {
  const faultOf = (text: string): string => {
    try {
      JSON.parse(text);
    } catch (error) {
      return readFaultOf(error);
    }
    return 'read';
  };

  it.each([
    ['{"password":"sesame"', 'it is no JSON at position 20'],
    ['sesame', 'it is no JSON'],
  ])('does not repeat %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('keeps what the file system says', () => {
    expect(readFaultOf(new Error('ENOENT: no such file'))).toBe('ENOENT: no such file');
  });
});
