/** The images every built cluster needs. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { corednsImage } from '../addons/dns.ts';
import { pauseImage } from '../built/node.ts';
import { cacheDir } from '../lib/dirs.ts';
import { ensureTool, type Tool, toolDir } from '../lib/tools.ts';
import { coredns, pause } from '../tools.ts';
import { writeScratchImage } from './scratch.ts';

/** @returns the OCI archive of a tool's one static binary, cached as the tool itself is */
export async function toolImage(tool: Tool, reference: string): Promise<string> {
  const bin = await ensureTool(tool);
  const archive = join(cacheDir, 'images', `${basename(toolDir(tool))}.tar`);
  const binary = tool.name;
  if (!existsSync(archive))
    await writeScratchImage(archive, { reference, files: [join(bin, binary)], entrypoint: [`/${binary}`] });
  return archive;
}

export async function ensureImages(): Promise<string[]> {
  return Promise.all([toolImage(pause, pauseImage), toolImage(coredns, corednsImage)]);
}
