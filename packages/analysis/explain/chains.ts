import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemIn } from '../../../apps/main.ts';
import { generatedSecretsOf } from '../../../apps/platform/credentials.ts';
import type { Environment } from '../../../environments/environment.ts';
import { images } from '../../../environments/images.ts';
import { organization } from '../../../environments/organization.ts';
import type { DesiredObject } from '../../manifests/objects.ts';
import { accessLinks } from './access-links.ts';
import { deliveryLinks } from './delivery-links.ts';
import type { Link } from './links.ts';
import { monitoringLinks } from './metric-links.ts';
import { networkLinks } from './network-links.ts';
import { podLinks } from './pod-links.ts';
import { releaseLinks } from './release-links.ts';
import { scalingLinks } from './scaling-links.ts';
import { trafficLinks } from './traffic-links.ts';
import { type PremadeSecret, World } from './world.ts';

const REGISTRY = `${organization.registry}/`;

const rules = [
  podLinks,
  trafficLinks,
  releaseLinks,
  networkLinks,
  scalingLinks,
  accessLinks,
  monitoringLinks,
  deliveryLinks,
] as const;

/** What an object expects to be there, kind by kind. */
export const linksOf = (object: DesiredObject, world: World): Link[] =>
  rules.flatMap((rule) => rule(object, world));

/** Every link of every object of an environment. */
export const allLinks = (world: World): Link[] => world.objects.flatMap((object) => linksOf(object, world));

/** The objects of an environment beside what they lean on outside dist/. */
export function worldOf(environment: Environment, objects: readonly DesiredObject[]): World {
  return new World(objects, {
    secrets: premade(environment),
    registry: REGISTRY,
    images: new Map(Object.entries(images).map(([name, image]) => [image, folderOf(name, image)])),
  });
}

/** Where a secret manager has them, an ExternalSecret must fetch each. */
const premade = (environment: Environment): PremadeSecret[] =>
  environment.secrets.kind === 'pre-made'
    ? generatedSecretsOf(environment, systemIn(environment)).map(({ owner, secretName, keys }) => ({
        ...{ namespace: owner.namespace, name: secretName, keys: Object.keys(keys) },
      }))
    : [];

/** Our own images are built from the folder of their name. */
function folderOf(name: string, image: string): string | undefined {
  if (!image.startsWith(REGISTRY)) return undefined;
  const folder = `services/${name}`;
  return existsSync(fileURLToPath(new URL(`../../../${folder}/main.ts`, import.meta.url)))
    ? folder
    : undefined;
}
