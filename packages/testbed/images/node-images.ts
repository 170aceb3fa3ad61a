import { corednsImage } from '../addons/dns.ts';
import { pauseImage } from '../built/node.ts';
import { coredns, pause } from '../tools.ts';
import { toolImage } from './tool.ts';

/** @returns archives of the images that every built cluster needs */
export function ensureImages(): Promise<string[]> {
  return Promise.all([toolImage(pause, pauseImage), toolImage(coredns, corednsImage)]);
}
