import { ensureTool } from '../bed/lib/tools.ts';
import { alertmanager } from '../bed/tools.ts';

/** Builds Alertmanager and amtool where they are not there yet. */
export async function setup(): Promise<void> {
  await ensureTool(alertmanager);
}
