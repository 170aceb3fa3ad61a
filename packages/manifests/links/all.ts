import type { DesiredObject } from '../objects.ts';
import { accessLinks } from './access.ts';
import { gatewayLinks } from './gateway.ts';
import type { Link } from './links.ts';
import { monitoringLinks } from './metrics.ts';
import { namedLinks } from './named.ts';
import { networkLinks } from './network.ts';
import type { ObjectIndex } from './object-index.ts';
import { deliveryLinks } from './operators.ts';
import { podLinks } from './pods.ts';
import { releaseLinks } from './releases.ts';
import { scalingLinks } from './scaling.ts';
import { trafficLinks } from './traffic.ts';

const rules = [
  podLinks,
  trafficLinks,
  gatewayLinks,
  releaseLinks,
  networkLinks,
  scalingLinks,
  accessLinks,
  monitoringLinks,
  deliveryLinks,
  namedLinks,
] as const;

/** What an object expects to be there, kind by kind. */
export const linksOf = (object: DesiredObject, world: ObjectIndex): Link[] =>
  rules.flatMap((rule) => rule(object, world));

/** Every link of every object of an environment. */
export const allLinks = (world: ObjectIndex): Link[] =>
  world.objects.flatMap((object) => linksOf(object, world));
