import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import { parseGauges } from './metrics-targets.ts';
import { type Frame, plainScreen, renderFrame, summary, terminalScreen, trajectory } from './view.ts';

const at = Date.UTC(2026, 0, 5, 12, 0, 0);

function frame(): Frame {
  const ledger = new Ledger();
  ledger.announce('run', 100);
  ledger.record({ msg: 'run confirmed', runId: 'run', jobs: 100, confirmed: 100 });
  ledger.record({
    msg: 'decision',
    current: 0,
    replicas: 25,
    reason: 'BacklogReachedMark',
    message: '100 ready reach the mark of 100',
    time: at,
  });
  return {
    title: 'Sluice',
    elapsedSeconds: 83,
    gauges: { ready: 75, unacked: 25, replicas: 25, oldestWaitSeconds: 6.2 },
    backlogs: [0, 50, 100],
    maxReplicas: 25,
    ledger,
    now: at,
  };
}

test('a frame shows time, backlog, replicas, jobs and why', () => {
  const text = renderFrame(frame(), 120).join('\n');
  for (const part of ['01:23', 'ready   75', 'in flight   25', '6.2 s', '25 of 25', 'confirmed 100'])
    expect(text).toContain(part);
  expect(text).toContain('0 -> 25   BacklogReachedMark');
  expect(text).toContain('▁▅█');
});

test('no line is wider than the terminal', () => {
  for (const width of [20, 40, 80])
    for (const line of renderFrame(frame(), width)) expect(line.length).toBeLessThanOrEqual(width);
});

test('the newest decision can be read as a whole on a narrow terminal', () => {
  const { ledger } = frame();
  const message =
    'The oldest message waits 62.8 s (as the broker says), the limit is 60 s: opening to 7 replicas.';
  const decision = {
    msg: 'decision',
    current: 0,
    replicas: 7,
    reason: 'OldestWaitExceeded',
    time: at,
  } as const;
  ledger.record({ ...decision, message });
  const lines = renderFrame({ ...frame(), ledger }, 80);
  expect(lines.slice(-3).join(' ').replace(/\s+/g, ' ')).toContain(`0 -> 7 OldestWaitExceeded ${message}`);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
});

test('before the first reading it says so', () => {
  expect(renderFrame({ ...frame(), gauges: undefined }, 80).join('\n')).toContain('no reading yet');
});

test('an oldest wait that the broker does not report is unknown while jobs wait, and never 0', () => {
  const { gauges } = frame();
  if (gauges === undefined) throw new Error('the frame has gauges');
  const shown = (ready: number, oldestWaitSeconds: number | undefined) =>
    renderFrame({ ...frame(), gauges: { ...gauges, ready, oldestWaitSeconds } }, 80).join('\n');
  expect(shown(75, undefined)).toContain('oldest wait unknown');
  expect(shown(0, undefined)).toContain('oldest wait none');
  expect(shown(75, 62.826999)).toContain('oldest wait 62.8 s');
});

test('the summary states the equation, and breaks it when it does not hold', () => {
  const { ledger } = frame();
  const path = trajectory(ledger.decisions);
  expect(summary(ledger, path)[0]).toBe(
    'published 100 / confirmed 100 / processed 0   lost 100   duplicated 0',
  );
  expect(summary(ledger, path, false)[0]).toContain('unfinished 100');
  for (let index = 0; index < 100; index += 1)
    ledger.record({
      msg: 'job processed',
      jobId: `run-${index}`,
      outcome: 'succeeded',
      redelivered: false,
      waitSeconds: index,
      time: at + index * 100,
    });
  const [equation, replicas, waits] = summary(ledger, path);
  expect(equation).toBe('published 100 = confirmed 100 = processed 100   lost 0   duplicated 0');
  expect(replicas).toContain('replicas 0 -> 25');
  expect(waits).toBe('waited p50 49.0 s   p99 98.0 s   first to last job done 9.9 s');
});

test('gauges are read from the scaler’s exposition, whatever the order of labels', () => {
  const exposition = [
    '# TYPE sluice_scaler_backlog gauge',
    'sluice_scaler_backlog{workload="consumer",state="ready",service="scaler"} 72',
    'sluice_scaler_backlog{service="scaler",state="unacked",workload="consumer"} 25',
    'sluice_scaler_current_replicas{workload="consumer"} 25',
  ].join('\n');
  expect(parseGauges(exposition)).toEqual({
    ready: 72,
    unacked: 25,
    replicas: 25,
    oldestWaitSeconds: undefined,
  });
  expect(parseGauges('')).toBeUndefined();
});

function recorder(columns: number) {
  const written: string[] = [];
  const out = { columns, write: (text: string) => written.push(text) > 0 };
  return { out, text: () => written.splice(0).join('') };
}

test('a frame replaces the one before it, a printed line stays above', () => {
  const { out, text } = recorder(80);
  const screen = terminalScreen(out);
  screen.draw(['one', 'two']);
  expect(text()).not.toContain('\u001b[2A');
  screen.draw(['three']);
  expect(text()).toContain('\u001b[2A\r\u001b[0J');
  screen.print('stays');
  expect(text()).toBe('\u001b[1A\r\u001b[0Jstays\n');
});

test('the kept frame is not erased by what is printed after it', () => {
  const { out, text } = recorder(80);
  const screen = terminalScreen(out);
  screen.draw(['last']);
  screen.keep();
  text();
  screen.print('summary');
  expect(text()).toBe('summary\n');
});

test('a plain screen prints lines and draws nothing', () => {
  const { out, text } = recorder(80);
  const screen = plainScreen(out);
  screen.draw(['frame']);
  screen.print('line');
  expect(text()).toBe('line\n');
});
