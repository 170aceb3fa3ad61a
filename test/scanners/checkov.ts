import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../packages/testbed/lib/dirs.ts';
import { withLock } from '../../packages/testbed/lib/lock.ts';
import { run } from '../../packages/testbed/lib/run.ts';
import type { Finding } from './findings.ts';

/** checkov (Python), in an environment of its own that is made once for each version. */
const requirements = join(import.meta.dirname, 'checkov', 'requirements.txt');

/** @returns checkov itself, installed now where it is not there yet. It needs python3 with venv. */
export async function ensureCheckov(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cacheDir, 'tools', `checkov-${hash}`);
  const program = join(folder, 'bin', 'checkov');
  const complete = join(folder, 'complete');
  return withLock(`${folder}.lock`, async () => {
    if (existsSync(complete)) return program;
    rmSync(folder, { recursive: true, force: true });
    // Its programs name the folder they are in: it is made where it stays.
    await run(['python3', '-m', 'venv', folder], { seconds: 300 });
    const install = ['nice', join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check'];
    await run([...install, '--requirement', requirements], { seconds: 900 });
    await run(['touch', `${complete}.partial`]);
    renameSync(`${complete}.partial`, complete);
    return program;
  });
}

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  /** `Deployment.consumer.consumer`: kind, namespace, name. */
  readonly resource: string;
}

interface Report {
  readonly summary: { readonly passed: number; readonly failed: number; readonly parsing_errors: number };
  readonly results: { readonly failed_checks: readonly Check[] };
}

export interface CheckovResult {
  /** Checks that were made. */
  readonly asked: number;
  readonly unreadable: number;
  readonly findings: readonly Finding[];
}

/** Runs its checks of Kubernetes manifests over a folder. Nothing is looked up elsewhere. */
export async function runCheckov(environment: string, folder: string): Promise<CheckovResult> {
  const options = [
    '--framework',
    'kubernetes',
    '--output',
    'json',
    '--compact',
    '--quiet',
    '--skip-download',
  ];
  const program = await ensureCheckov();
  // Exit code 1 says that something was found.
  const { stdout } = await run([program, '--directory', folder, ...options], { check: false, seconds: 600 });
  const { summary, results } = JSON.parse(stdout) as Report;
  return {
    asked: summary.passed + summary.failed,
    unreadable: summary.parsing_errors,
    findings: results.failed_checks.map(({ check_id, check_name, resource }) => ({
      ...{ scanner: 'checkov', check: check_id, severity: 'finding', environment, message: check_name },
      object: resource.replaceAll('.', '/'),
    })),
  };
}
