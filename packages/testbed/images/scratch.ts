/** An OCI archive around static binaries: no base, no registry, no build daemon. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from '../lib/run.ts';

/** An image that holds nothing but programs of this machine. */
export interface ScratchImage {
  /** e.g. 'sluice.test/pause:1' */
  readonly reference: string;
  /** Files of this machine, put into /bin by their own names. */
  readonly files: readonly string[];
  readonly entrypoint: readonly string[];
  /** Numeric, so that runAsNonRoot can be checked. @default 65532 */
  readonly user?: number;
}

const type = (suffix: string) => `application/vnd.oci.image.${suffix}`;
const platform = { os: 'linux', architecture: arch() === 'arm64' ? 'arm64' : 'amd64' };

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

function store(layout: string, mediaType: string, content: Buffer | object): Descriptor {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const hash = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  writeFileSync(join(layout, 'blobs', 'sha256', hash), bytes);
  return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
}

async function layerOf(work: string, files: readonly string[]): Promise<Buffer> {
  const root = join(work, 'root');
  mkdirSync(join(root, 'bin'), { recursive: true });
  for (const file of files) copyFileSync(file, join(root, 'bin', basename(file)));
  const plain = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  await run(['tar', ...plain, '-C', root, '-cf', join(work, 'layer.tar'), '.']);
  return readFileSync(join(work, 'layer.tar'));
}

/** Writes the layout. @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
async function writeLayout(work: string, image: ScratchImage): Promise<string> {
  const layout = join(work, 'layout');
  const layer = store(layout, type('layer.v1.tar'), await layerOf(work, image.files));
  const config = store(layout, type('config.v1+json'), {
    ...platform,
    config: { Entrypoint: image.entrypoint, User: String(image.user ?? 65532), WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const media = type('manifest.v1+json');
  const manifest = store(layout, media, { schemaVersion: 2, mediaType: media, config, layers: [layer] });
  const annotations = {
    'org.opencontainers.image.ref.name': image.reference,
    'io.containerd.image.name': image.reference,
  };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, platform, annotations }] };
  writeFileSync(join(layout, 'index.json'), JSON.stringify(index));
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return layout;
}

/** Writes the image to `archive` (complete or not at all). */
export async function writeScratchImage(archive: string, image: ScratchImage): Promise<void> {
  mkdirSync(dirname(archive), { recursive: true });
  const work = mkdtempSync(`${archive}.partial-`);
  try {
    const layout = await writeLayout(work, image);
    await run(['tar', '-C', layout, '-cf', join(work, 'image.tar'), '.']);
    renameSync(join(work, 'image.tar'), archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
