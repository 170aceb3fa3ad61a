import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemIn } from '../../../apps/main.ts';
import { generatedSecretsOf } from '../../../apps/platform/credentials.ts';
import type { Environment } from '../../../environments/environment.ts';
import { images } from '../../../environments/images.ts';
import { organization } from '../../../environments/organization.ts';
import { ObjectIndex, type PremadeSecret } from '../../manifests/links/object-index.ts';
import type { DesiredObject } from '../../manifests/objects.ts';

const REGISTRY = `${organization.registry}/`;

/** The objects of an environment beside what they lean on outside dist/. */
export function worldOf(environment: Environment, objects: readonly DesiredObject[]): ObjectIndex {
  return new ObjectIndex(objects, {
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
