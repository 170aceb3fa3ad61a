import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = (command: string, ...args: string[]) => spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });

describe.skipIf(run('git', 'rev-parse', 'HEAD').status !== 0)('the preview of a pull request', () => {
  it('reports what changes in the cluster and what the policies would have done, since the base', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sluice-preview-')), 'comment.md');
    const { status, stderr } = run('bash', 'scripts/ci/preview.sh', 'HEAD', file);
    expect([status, stderr]).toEqual([0, '']);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^## Desired state: /);
    expect(text).toMatch(/\n## Scaling: .* since HEAD\n/);
    expect(text).toContain('| jobs killed in flight |');
  });
});
