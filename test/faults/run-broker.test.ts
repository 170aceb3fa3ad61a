import { describe, expect, it } from 'vitest';
import { BUSY, borrowed, CONSUMER, FEW, type Run, silentServer, start, WITH_FEW } from './run.ts';

describe('a run that its broker refuses', () => {
  it('ends with 1 and what the broker said, and leaves nothing', async () => {
    const { env } = await borrowed();
    const wrong = new URL(env.AMQP_URL ?? '');
    wrong.password = 'wrong';
    const run = start(BUSY, { ...env, AMQP_URL: wrong.href });
    await run.ended;
    await run.endsWith(1);
    await run.leavesNothing();
    const said = run.lines.join('\n');
    expect(said).toContain('was refused with 401');
    expect(said).toContain('the run failed before every job was done');
    expect(said).not.toMatch(/^ +at |Node\.js v/m);
  });
});

describe('a run whose broker does not answer', () => {
  it('ends by Ctrl-C while the management API keeps silent', async () => {
    const { env } = await borrowed();
    const run = start(BUSY, { ...env, MANAGEMENT_URL: `http://127.0.0.1:${await silentServer()}` });
    await run.runs(/\/topology\/main\.(ts|mjs)$/);
    run.child.kill('SIGINT');
    await run.endsWith(130);
    await run.leavesNothing();
  });
});

it('a run ends with 1 when its topology service is killed, and leaves nothing', async () => {
  const { env } = await borrowed();
  const run = start(BUSY, { ...env, MANAGEMENT_URL: `http://127.0.0.1:${await silentServer()}` });
  // Not the one that is run once to fill the compile cache of a new bundle.
  for (const pid of await run.runs(/\/[0-9a-f]{32}\/topology\/main\.mjs$/)) process.kill(pid, 'SIGKILL');
  await run.endsWith(1);
  await run.leavesNothing();
  expect(run.lines.join('\n')).toContain('topology ended with');
});

describe('a run with a broker of its own', () => {
  const beam = (run: Run) => run.mark.processes().filter(({ command }) => /beam/.test(command[0] ?? ''));

  it('ends by Ctrl-C while the broker is stopped', async () => {
    const run = start(BUSY, {}, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    for (const { pid } of beam(run)) process.kill(pid, 'SIGSTOP');
    run.child.kill('SIGINT');
    await run.endsWith(130);
    await run.leavesNothing();
  });

  it('ends with 1 when the broker is killed, and leaves nothing', async () => {
    const run = start(BUSY, {}, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    for (const { pid } of beam(run)) process.kill(pid, 'SIGKILL');
    await run.endsWith(1, 60);
    await run.leavesNothing();
    expect(run.lines.join('\n')).toContain('the broker ended');
  });

  it('takes broker, data, scaler and consumers along when it is killed itself', async () => {
    const run = start(BUSY, {}, WITH_FEW);
    await run.runs(CONSUMER, FEW);
    expect(beam(run)).not.toEqual([]);
    expect(run.mark.files).not.toEqual([]);
    run.child.kill('SIGKILL');
    await run.endsWith('SIGKILL');
    await run.leavesNothing();
  });
});
