import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolDir } from '../../../packages/testbed/lib/tools.ts';
import { alertmanager } from '../../../packages/testbed/tools.ts';

const run = promisify(execFile);

/** Debian's is older than the Discord receivers that read their address from a file. */
const amtoolPath = join(toolDir(alertmanager), 'bin', 'amtool');

/** Why amtool cannot be run here; undefined where it can. */
export const amtoolAbsent: string | undefined = existsSync(amtoolPath)
  ? undefined
  : "amtool is not built: 'npm run test:alerting' builds it (two minutes, once; needs Go)";

/** @returns what amtool says, and whether it ended well */
export async function amtool(...args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout } = await run(amtoolPath, [...args]);
    return { ok: true, text: stdout };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: stdout + stderr };
  }
}
