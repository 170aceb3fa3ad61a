import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheDir } from '../lib/dirs.ts';
import { withLock } from '../lib/lock.ts';
import { ensureTool, type Tool, toolDir } from '../lib/tools.ts';
import { writeScratchImage } from './scratch.ts';

/**
 * @param binary Which of the tool's. @default the one that is named after it
 * @returns the OCI archive of one static binary, cached as the tool itself is
 */
export async function toolImage(tool: Tool, reference: string, binary = tool.name): Promise<string> {
  const bin = await ensureTool(tool);
  const archive = join(cacheDir, 'images', `${basename(toolDir(tool))}-${binary}.tar`);
  if (existsSync(archive)) return archive;
  return withLock(`${archive}.lock`, async () => {
    const image = { reference, files: [join(bin, binary)], entrypoint: [`/bin/${binary}`] };
    if (!existsSync(archive)) await writeScratchImage(archive, image);
    return archive;
  });
}
