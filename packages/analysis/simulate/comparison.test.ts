import { drain, latch, type Policy, type Timing } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { chartOf } from './chart.ts';
import { type Comparison, compare } from './comparison.ts';
import type { Load } from './load.ts';
import { isChanged, markdownReport, sectionsOf, titleOf } from './report.ts';

const timing: Timing = {
  pollSeconds: 5,
  scrapeDelaySeconds: 0,
  podStartSeconds: 10,
  service: { distribution: 'constant', meanSeconds: 5 },
  gracefulStopSeconds: 30,
  killsAfterGrace: true,
};
const bursts = { kind: 'bursts', jobs: 100, everySeconds: 600 } as const;
const load: Load = { title: 'bursts', arrivals: bursts, timing, seconds: 7200 };

const many = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
const few = latch({ replicas: 10, startWhen: { readyAtLeast: 100 } });
const rendered = (policy: Policy, environment = 'local', pollSeconds = 5) => ({
  ...{ environment, workload: 'jobs', pollSeconds, policy },
});
const one = (base: Policy | undefined, head: Policy | undefined, with_ = load): Comparison => {
  const side = (policy: Policy | undefined) => (policy === undefined ? [] : [rendered(policy)]);
  const [comparison] = compare(side(base), side(head), () => with_);
  if (comparison === undefined) throw new Error('there is nothing to compare');
  return comparison;
};
const rowsOf = (comparison: Comparison) =>
  Object.fromEntries(
    sectionsOf({ base: 'main', all: [comparison], unread: [], notes: [] })[0]?.rows.map(([name, ...rest]) => [
      name,
      rest,
    ]) ?? [],
  );

describe('two policies under one load', () => {
  it('are described by the service level and the cost of each', () => {
    // 100 jobs of 5 s, seen at 5 s, at work at 15 s: the 50th is in the 2nd wave of 25 (15 + 5 s) or the 5th of 10 (15 + 20 s).
    expect(rowsOf(one(many, few))).toMatchObject({
      'jobs done': ['1200', '1200', ''],
      'wait p50': ['20.0 s', '35.0 s', '+15.0 s (+75 %)'],
      'replica changes': ['24', '24', ''],
      'jobs killed in flight': ['0', '0', ''],
    });
  });

  it('have their difference named, the kind first', () => {
    expect(one(many, few).changes).toEqual(['maxReplicas: 25 -> 10']);
    const other = drain({ sloSeconds: 300, meanServiceSeconds: 5, podStartSeconds: 10, maxReplicas: 10 });
    expect(one(many, other).changes[0]).toBe('kind: "latch" -> "drain"');
  });

  it('may differ in how often the backlog is read', () => {
    const [comparison] = compare([rendered(many)], [rendered(many, 'local', 60)], () => load);
    expect(comparison?.changes).toEqual(['pollSeconds: 5 -> 60']);
    expect(comparison?.head?.report.waitMax).toBeGreaterThan(comparison?.base?.report.waitMax ?? 0);
  });

  it('warn of work that is killed in flight, and of work that is left', () => {
    const literal = latch({ replicas: 25, startWhen: { readyAbove: 99 }, stopWhen: 'ready-empty' });
    const slow = {
      ...load,
      timing: { ...timing, service: { distribution: 'constant', meanSeconds: 60 } },
    } as const;
    const killed = sectionsOf({
      base: 'main',
      all: [one(many, literal, slow)],
      unread: [],
      notes: [],
    })[0]?.notes?.join(' ');
    expect(killed).toMatch(/[1-9]\d* jobs are killed in flight at scale-in and start again, 0 before\./);
    const never = latch({ replicas: 25, startWhen: { readyAtLeast: 10_000 } });
    const left = sectionsOf({ base: 'main', all: [one(many, never)], unread: [], notes: [] })[0]?.notes?.join(
      ' ',
    );
    expect(left).toContain('1200 jobs are left unserved at the end, 0 before.');
  });

  it('that are the same are printed once, and folded in a pull request', () => {
    const same = one(many, { ...many });
    expect(isChanged(same)).toBe(false);
    expect(rowsOf(same)['wait p50']).toEqual(['20.0 s']);
    expect(same.head?.report).toBe(same.base?.report);
    const text = markdownReport({ base: 'main', all: [same], unread: [], notes: [] });
    expect(text).toMatch(/^## Scaling: no policy changes since main\n\n<details>(.|\n)*<\/details>\n$/);
    expect(markdownReport({ base: 'main', all: [one(many, few)], unread: [], notes: [] })).not.toContain(
      '<details>',
    );
  });

  it('of several environments are printed once where they are identical', () => {
    const everywhere = (policy: Policy) => ['local', 'production'].map((name) => rendered(policy, name));
    expect(compare(everywhere(many), everywhere(few), () => load)).toMatchObject([
      { environments: ['local', 'production'] },
    ]);
    const apart = compare(
      everywhere(many),
      [rendered(many, 'local'), rendered(few, 'production')],
      () => load,
    );
    expect(apart).toHaveLength(2);
    const [first] = sectionsOf({ base: 'main', all: apart, unread: [], notes: [] });
    expect(first?.title, 'what changes comes first').toContain('production');
  });

  it('may be one: a workload that comes or goes', () => {
    const title = (comparison: Comparison) =>
      titleOf({ base: 'main', all: [comparison], unread: [], notes: [] });
    const [comes, goes] = [one(undefined, many), one(many, undefined)];
    for (const [comparison, note] of [
      [comes, 'There was no such workload before.'],
      [goes, 'There is no such workload any more.'],
    ] as const) {
      expect(title(comparison)).toContain('what the changed policy would have done');
      expect(sectionsOf({ base: 'main', all: [comparison], unread: [], notes: [] })[0]?.notes).toEqual([
        note,
      ]);
    }
  });
});

describe('the chart', () => {
  const svg = chartOf(one(many, few));

  it('is one self-contained SVG that describes in words what it shows', () => {
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img" aria-labelledby="title desc">/,
    );
    expect(svg).toContain('<title id="title">Workload jobs in local</title>');
    expect(svg).toMatch(
      /<desc id="desc">[^<]*base: at most 100 jobs and 25 replicas[^<]*head: at most 100 jobs and 10 replicas/,
    );
    expect(svg).not.toMatch(/href|url\(|<script|NaN|undefined/);
  });

  it('has a line of backlog and one of replicas a side, dashed for the base', () => {
    expect(svg.match(/stroke-width="1.6"/g)).toHaveLength(4);
    expect(svg.match(/stroke-width="1.6"[^>]*stroke-dasharray/g)).toHaveLength(2);
    expect(chartOf(one(undefined, few)).match(/stroke-width="1.6"/g)).toHaveLength(2);
  });

  it('shows one burst of many, and some where they pile up', () => {
    const peaks = ({ base }: Comparison) =>
      base?.series.backlog.filter((count, index, all) => count > (all[index - 1] ?? 0)).length;
    expect(peaks(one(many, few))).toBe(1);
    const slow = { ...timing, service: { distribution: 'constant', meanSeconds: 600 } } as const;
    expect(peaks(one(few, many, { ...load, timing: slow }))).toBeGreaterThan(5);
  });

  it('shows minutes of bursts, and a trace as a whole', () => {
    expect(svg).toContain('>80</text>');
    expect(svg).toContain('time in min');
    const entries = [0, 80_000].map((epochSeconds) => ({ epochSeconds, count: 100 }));
    const { seconds: _, ...rest } = load;
    expect(chartOf(one(many, few, { ...rest, arrivals: { kind: 'trace', entries } }))).toContain('time in h');
  });

  it('has no text that ends its own element', () => {
    expect(chartOf(one(many, few, { ...load, title: 'the trace <b>&.csv' }))).toContain(
      'the trace &lt;b&gt;&amp;.csv',
    );
  });

  it('shows a queue in which nothing happens', () => {
    const { seconds: _, ...rest } = load;
    const quiet = { ...rest, arrivals: { kind: 'trace', entries: [{ epochSeconds: 0, count: 0 }] } } as const;
    expect(chartOf(one(many, few, quiet))).not.toContain('NaN');
  });
});
