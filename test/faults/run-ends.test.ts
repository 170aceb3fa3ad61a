import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/job-harness.ts';
import { BUSY, borrowed, CONSUMER, FEW, PUBLISHER, SCALER, start, WITH_FEW } from './run.ts';

describe('a run on this machine, at work,', () => {
  it.each([
    ['SIGINT', 25, undefined],
    ['SIGHUP', FEW, WITH_FEW],
  ] as const)('ends by %s with %d consumers and leaves nothing', async (signal, consumers, command) => {
    const { env } = await borrowed();
    const run = start(BUSY, env, command);
    await run.runs(CONSUMER, consumers);
    // A busy machine may start it after them.
    await eventually('the board listens', async () => run.board !== '', 60);
    const board = run.board;
    await eventually('the board shows the run', async () =>
      (await (await fetch(`${board}queues/jobs`)).text()).includes(`of ${consumers}`),
    );
    // A browser that follows the run does not keep it from ending.
    const followed = await fetch(`${board}live?page=/`);
    expect(followed.headers.get('content-type')).toContain('text/event-stream');
    run.child.kill(signal);
    await run.endsWith(130);
    await followed.text().catch(() => {});
    await expect(fetch(board)).rejects.toThrow('fetch failed');
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('the run was interrupted');
  });

  it('says where the metrics of the scaler and of each replica are, ends by SIGTERM and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    const found = (form: RegExp): string => run.lines.map((line) => form.exec(line)?.[1]).find(Boolean) ?? '';
    const page = await fetch(found(/^metrics {2}scaler (http:\S+)/));
    expect(await page.text()).toContain('\nsluice_scaler_leader{component="scaler"} 1\n');

    // Its name in metrics, as in a cluster: that of its queue.
    const url = page.url;
    await eventually('the workload has its name', async () =>
      (await (await fetch(url)).text()).includes('sluice_scaler_desired_replicas{workload="jobs"'),
    );

    const file = found(/file_sd_configs: (\S+)$/);
    const replicas = (): readonly { targets: readonly string[] }[] =>
      (
        JSON.parse(readFileSync(file, 'utf8')) as { targets: string[]; labels: { namespace: string } }[]
      ).filter(({ labels }) => labels.namespace === 'consumer');
    await eventually('every replica is a target', async () => replicas().length === FEW, 60);
    const pages = await Promise.all(
      replicas().map(async ({ targets: [address] }) => (await fetch(`http://${address}/metrics`)).text()),
    );
    for (const text of pages) expect(text).toContain('\nconsumer_consuming');
    run.child.kill('SIGTERM');
    await run.endsWith(130);
    await run.leavesNothing();
  });

  it('ends when its output has no reader, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    await run.endsWith(130, 20);
    await run.leavesNothing();
    expect(run.lines.join('\n')).not.toMatch(/EPIPE|at .*\.ts:\d+/);
  });

  it('ends when its terminal is closed, and leaves nothing', async () => {
    const { env } = await borrowed();
    const live = [...WITH_FEW, ...BUSY.filter((option) => option !== '--plain')].join(' ');
    const run = start([], env, ['script', '-qfc', live, '/dev/null']);
    await run.runs(CONSUMER, FEW);
    run.child.kill('SIGKILL');
    await run.endsWith('SIGKILL');
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain(`of ${FEW}`);
  });

  it('ends with the npm that started it, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, ['npm', 'start', '--ignore-scripts', '--']);
    await run.runs(CONSUMER, FEW);
    run.child.kill('SIGKILL');
    await run.endsWith('SIGKILL');
    await run.leavesNothing();
  });

  it('ends with 1 when its scaler is killed, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, env, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    for (const pid of await run.runs(SCALER)) process.kill(pid, 'SIGKILL');
    await run.endsWith(1);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('scaler ended with 128');
  });

  it('goes on when a consumer is killed, to the last job', async () => {
    const { env } = await borrowed();
    const run = start(['--plain', '--jobs', '40', '--work', '500ms'], env, WITH_FEW);
    const [pid = 0] = await run.runs(CONSUMER, FEW);
    process.kill(pid, 'SIGKILL');
    await run.endsWith(0, 60);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('published 40 = confirmed 40 = processed 40   lost 0');
  });

  it('ends with 1 when its publisher is killed, and leaves nothing', async () => {
    const { env } = await borrowed();
    const run = start(['--plain', '--jobs', '400000', '--work', '3s'], env, WITH_FEW);
    for (const pid of await run.runs(PUBLISHER)) process.kill(pid, 'SIGKILL');
    await run.endsWith(1);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('publisher ended with 128');
  });
});
