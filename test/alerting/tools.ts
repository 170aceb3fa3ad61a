import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { alertmanager } from '../../packages/testbed/tools.ts';

/** Builds Alertmanager and amtool where they are not there yet. */
export async function setup(): Promise<void> {
  await ensureTool(alertmanager);
}
