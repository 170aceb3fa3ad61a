import { readFileSync } from 'node:fs';
import { parseBoundedJson } from '@sluice/runtime';
import { describe, expect, it } from 'vitest';
import { evaluate, type JSONValue, LargeInteger } from './expression.ts';
import { mappingsFrom, moduleFrom, shipped } from './testing/serve.ts';

const read = (document: JSONValue, text: string, maxSeries = 100) => {
  const { readings, invalid } = evaluate(document, { module: moduleFrom(text), target: 'shop', maxSeries });
  return { series: readings.map(({ id, value }) => `${id} ${value}`), invalid };
};

const readShipped = (document: JSONValue, name: string) => {
  const { readings, invalid } = evaluate(document, { module: shipped(name), target: 'shop', maxSeries: 100 });
  return {
    series: readings.map(({ id, value, counter }) => `${counter ? 'counter' : 'gauge'} ${id} ${value}`),
    invalid,
  };
};

describe('the shipped mappings', () => {
  it("make the source system's counts true counters", () => {
    expect(readShipped({ request_count: 7, '400_count': 2, '500_count': 1 }, 'source-system')).toEqual({
      series: [
        'counter http_requests_total{service="shop"} 7',
        'counter http_400_response_total{service="shop"} 2',
        'counter http_500_response_total{service="shop"} 1',
      ],
      invalid: 0,
    });
  });

  it("read LavinMQ's queues as it has answered them", () => {
    const file = new URL('../scaler/fixtures/lavinmq-2.9.1/api-queues.json', import.meta.url);
    expect(readShipped(JSON.parse(readFileSync(file, 'utf8')), 'rabbitmq-management')).toEqual({
      series: [
        'gauge rabbitmq_queue_messages_ready{queue="jobs",target="shop",vhost="/"} 105',
        'gauge rabbitmq_queue_messages_ready{queue="jobs.retry",target="shop",vhost="/"} 2',
        'gauge rabbitmq_queue_messages_ready{queue="jobs.parked",target="shop",vhost="/"} 1',
        'gauge rabbitmq_queue_messages_ready{queue="empty",target="shop",vhost="/"} 0',
        'gauge rabbitmq_queue_messages_unacked{queue="jobs",target="shop",vhost="/"} 3',
        'gauge rabbitmq_queue_messages_unacked{queue="jobs.retry",target="shop",vhost="/"} 0',
        'gauge rabbitmq_queue_messages_unacked{queue="jobs.parked",target="shop",vhost="/"} 0',
        'gauge rabbitmq_queue_messages_unacked{queue="empty",target="shop",vhost="/"} 0',
        'gauge rabbitmq_queue_consumers{queue="jobs",target="shop",vhost="/"} 1',
        'gauge rabbitmq_queue_consumers{queue="jobs.retry",target="shop",vhost="/"} 0',
        'gauge rabbitmq_queue_consumers{queue="jobs.parked",target="shop",vhost="/"} 0',
        'gauge rabbitmq_queue_consumers{queue="empty",target="shop",vhost="/"} 0',
        'counter rabbitmq_queue_messages_published_total{queue="jobs",target="shop",vhost="/"} 120',
        'counter rabbitmq_queue_messages_published_total{queue="jobs.retry",target="shop",vhost="/"} 2',
        'counter rabbitmq_queue_messages_published_total{queue="jobs.parked",target="shop",vhost="/"} 1',
        'counter rabbitmq_queue_messages_published_total{queue="empty",target="shop",vhost="/"} 0',
      ],
      invalid: 0,
    });
  });

  it('leave out a queue whose counts RabbitMQ does not know yet, but for what was published to it: nothing', () => {
    const queues = [
      { name: 'new', vhost: '/' },
      { name: 'jobs', vhost: '/', messages_ready: 4, messages_unacknowledged: 0, consumers: 1 },
    ];
    const { series, invalid } = readShipped(queues, 'rabbitmq-management');
    expect([series.length, invalid]).toEqual([5, 3]);
  });
});

describe('a value', () => {
  const gauge = 'metrics: [{name: g, type: gauge, help: G, path: v}]';
  const counter = 'metrics: [{name: c_total, type: counter, help: C, path: v}]';

  it.each([[null], ['7'], [true], [[7]], [{ v: 7 }], [Number.POSITIVE_INFINITY]])(
    'is not exposed when it is %j, but counted',
    (v) => {
      expect(read({ v } as JSONValue, gauge)).toEqual({ series: [], invalid: 1 });
    },
  );

  it.each(['', ' ', '0x1F', '1_000', '12 ', 'Infinity', '1e999'])('is none in the text %j', (v) => {
    const text = "metrics: [{name: g, type: gauge, help: G, path: 'to_number(v)'}]";
    expect(read({ v }, text)).toEqual({ series: [], invalid: 1 });
  });

  it.each([
    ['7', 7],
    ['-1.5e3', -1500],
  ])('is one in the text %j', (v, value) => {
    const text = "metrics: [{name: g, type: gauge, help: G, path: 'to_number(v)'}]";
    expect(read({ v }, text)).toEqual({ series: [`g{target="shop"} ${value}`], invalid: 0 });
  });

  it('may be negative for a gauge, not for a counter', () => {
    expect(read({ v: -1 }, gauge)).toEqual({ series: ['g{target="shop"} -1'], invalid: 0 });
    expect(read({ v: -1 }, counter)).toEqual({ series: [], invalid: 1 });
  });

  it('may be computed', () => {
    const text = `metrics: [{name: g, type: gauge, help: G, path: 'to_number(v)'}, {name: s, type: gauge, help: S, path: 'sum(list)'}]`;
    expect(read({ v: '1.5', list: [1, 2] }, text).series).toEqual([
      'g{target="shop"} 1.5',
      's{target="shop"} 3',
    ]);
  });

  it('whose expression fails is counted and spoils no other', () => {
    const text = `metrics: [{name: s, type: gauge, help: S, path: 'sum(list)'}, {name: g, type: gauge, help: G, path: v}]`;
    expect(read({ v: 1, list: ['x'] }, text)).toEqual({ series: ['g{target="shop"} 1'], invalid: 1 });
  });
});

describe('labels', () => {
  const text = `metrics: [{name: g, type: gauge, help: G, items: list, path: v, labels: {zone: a}, labelsFrom: {id: id}}]`;

  it('are in order of their names and escaped', () => {
    const list = [
      { v: 1, id: 'a"b\\c\nd' },
      { v: 2, id: 3 },
      { v: 3, id: false },
    ];
    expect(read({ list }, text).series).toEqual([
      'g{id="a\\"b\\\\c\\nd",target="shop",zone="a"} 1',
      'g{id="3",target="shop",zone="a"} 2',
      'g{id="false",target="shop",zone="a"} 3',
    ]);
  });

  it('that are missing or no scalars leave their item out', () => {
    expect(read({ list: [{ v: 1 }, { v: 2, id: ['x'] }] }, text)).toEqual({ series: [], invalid: 2 });
  });

  it('cannot come from what is no list: that is counted once', () => {
    expect(read({ list: { v: 1, id: 'x' } }, text)).toEqual({ series: [], invalid: 1 });
  });
});

it('gives the series in the order of all names, whatever the order of its own mapping', () => {
  const metric = (name: string) => `{ name: ${name}, type: gauge, help: H, path: v }`;
  const { families, modules } = mappingsFrom({
    first: `metrics: [${metric('a')}, ${metric('b')}]`,
    second: `metrics: [${metric('b')}, ${metric('c')}, ${metric('a')}]`,
  });
  expect(families.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  const read = [...modules.values()].map((module) =>
    evaluate({ v: 1 }, { module, target: 'shop', maxSeries: 9 }).readings.map(({ family }) => family),
  );
  expect(read).toEqual([
    [0, 1],
    [0, 1, 2],
  ]);
});

it('fails as a whole above the most series: a part would pass for all', () => {
  const text = 'metrics: [{name: g, type: gauge, help: G, items: list, path: v, labelsFrom: {id: v}}]';
  const list = [1, 2, 3].map((v) => ({ v }));
  expect(read({ list }, text, 3).series).toHaveLength(3);
  expect(() => read({ list }, text, 2)).toThrow('more than 2 series');
});

describe('integers that a number cannot hold', () => {
  const parse = (text: string): JSONValue =>
    parseBoundedJson(text, { largeInteger: (digits) => new LargeInteger(digits) }) as JSONValue;
  const rows = '[{"id":1234567890123456789,"v":1},{"id":1234567890123456788,"v":2}]';
  const mapping = (path: string, id: string) =>
    `metrics: [{name: g, type: gauge, help: G, items: '[*]', path: '${path}', labelsFrom: {id: '${id}'}}]`;

  it.each(['id', 'to_string(id)'])('are two series as labels, by %s', (id) => {
    expect(read(parse(rows), mapping('v', id))).toEqual({
      series: ['g{id="1234567890123456789",target="shop"} 1', 'g{id="1234567890123456788",target="shop"} 2'],
      invalid: 0,
    });
  });

  it.each(['id', 'to_number(id)'])('are as near as a number comes as values, by %s', (path) => {
    expect(read(parse(rows), mapping(path, 'v'))).toEqual({
      series: ['g{id="1",target="shop"} 1234567890123456800', 'g{id="2",target="shop"} 1234567890123456800'],
      invalid: 0,
    });
  });
});
