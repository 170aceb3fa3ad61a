import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, '.github', 'workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group?: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(FOLDER)
  .sort()
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const workflow: Workflow = parse(text);
    return { file, text, workflow };
  });
const jobs = files.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ at: `${file} ${name}`, job })),
);
const steps = jobs.flatMap(({ at, job }) => job.steps.map((step) => ({ at, step })));
const scripts = steps.flatMap(({ at, step }) => (step.run === undefined ? [] : [{ at, run: step.run }]));

/** What someone outside can choose: titles, branches, names. */
const UNTRUSTED = /\$\{\{[^}]*\b(?:github\.(?:event\b|head_ref|base_ref|ref_name)|inputs\.|steps\.|needs\.)/;

describe.each(files)('the workflow $file', ({ text, workflow }) => {
  it('grants nothing to all of its jobs', () => {
    expect(workflow.permissions).toEqual({});
  });

  it('says what becomes of an older run', () => {
    expect(workflow.concurrency?.group).toMatch(/^[a-z]+-\$\{\{ /);
  });

  it('pins each action to a commit and says its version', () => {
    const uses = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses)
      expect(line).toMatch(/uses: [\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

describe.each(jobs)('the job $at', ({ job }) => {
  it('says what it may do and how long', () => {
    expect(job.permissions).toBeDefined();
    expect(job['timeout-minutes']).toBeLessThanOrEqual(90);
  });

  it('leaves no token behind in its checkout', () => {
    for (const step of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(step.with).toMatchObject({ 'persist-credentials': false });
  });
});

describe('a pull request', () => {
  it('never writes with its own code', () => {
    const writing = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes('write'));
    expect(writing.map(({ at, job }) => [at, job.if ?? `after ${job.needs}`])).toEqual([
      ['images.yaml push', expect.stringMatching(/^github\.event_name == 'push' && /)],
      ['images.yaml write-back', 'after push'],
      ['preview.yaml comment', "github.event.workflow_run.event == 'pull_request'"],
    ]);
  });

  it('is commented on by the default branch alone', () => {
    expect(files.filter(({ workflow }) => 'pull_request_target' in workflow.on)).toEqual([]);
    const outside = steps.filter(({ at }) => at.startsWith('preview.yaml'));
    const checkouts = outside.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(1);
    for (const { step } of checkouts) expect(step.with).not.toHaveProperty('ref');
  });
});

describe('a plan without services', () => {
  it('builds nothing', () => {
    const empty = JSON.stringify({ include: [] });
    const planned = jobs.filter(({ job }) => job.needs === 'plan');
    expect(planned.map(({ at }) => at)).toEqual(['images.yaml build', 'images.yaml push']);
    for (const { job } of planned) expect(job.if).toContain(`needs.plan.outputs.matrix != '${empty}'`);
  });
});

describe('what a step runs', () => {
  it('takes nothing that others choose into its text', () => {
    expect(scripts.filter(({ run }) => UNTRUSTED.test(run))).toEqual([]);
  });

  it('names scripts that exist', () => {
    const named = scripts.flatMap(({ run }) => run.match(/(?<![\w/.-])(?:scripts\/|\.ci\/)[\w./-]+/g) ?? []);
    expect(named).toContain('scripts/ci/comment.sh');
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const known: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
    const named = scripts.flatMap(({ run }) =>
      [...run.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script = '']) => script),
    );
    expect(named).toContain('soak');
    for (const script of named) expect(known).toHaveProperty([script]);
  });
});
