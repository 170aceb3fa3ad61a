import { images } from '../../environments/images.ts';

/** Images that may be rendered without a digest, and why. */

const BY_CI = "built here: the workflow 'images' writes tag and digest when it has pushed the first one";
const BY_REGISTRY =
  'others build it, and no two public repositories record one digest of this tag: its registry alone returns it; `scripts/ci/pin-images.ts` asks it in the same pull request';

/** Image -> the reason. CI writes digests in a pull request of its own; then the line goes, and none may be without. */
const reasons: Readonly<Partial<Record<keyof typeof images, string>>> = {
  ...{
    api: BY_CI,
    board: BY_CI,
    collector: BY_CI,
    consumer: BY_CI,
    exporter: BY_CI,
    inject: BY_CI,
    journal: BY_CI,
    'log-gate': BY_CI,
    'log-reports': BY_CI,
    process: BY_CI,
    query: BY_CI,
    'queue-exporter': BY_CI,
    publisher: BY_CI,
    scaler: BY_CI,
    'store-backup': BY_CI,
    topology: BY_CI,
  },
  lavinmq: BY_REGISTRY,
  mongodb: BY_REGISTRY,
  mongodbBackup: BY_REGISTRY,
  mongodbExporter: BY_REGISTRY,
};

/** The reference without tag and digest. */
export const repositoryOf = (image: string): string =>
  image.replace(/(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/, '');

/** Repository -> the reason, wherever the registry is. */
export const UNPINNED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(images).flatMap(([name, image]) => {
    const reason = reasons[name as keyof typeof images];
    return reason === undefined ? [] : [[repositoryOf(image), reason]];
  }),
);

/** The images that have neither a digest nor a reason. */
export const unexplained = (references: readonly string[]): string[] =>
  references.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image) && !(repositoryOf(image) in UNPINNED));

/** Every image that a document names: a pod's, one in a chart's values, or a line of a file in them. */
export function imagesOf(value: unknown, key = ''): string[] {
  if (typeof value === 'string') {
    if (key === 'image') return [value];
    return [...value.matchAll(/^[-\s]*image: *["']?([^\s"']+)/gm)].map(([, image = '']) => image);
  }
  if (typeof value !== 'object' || value === null) return [];
  const { repository, tag, digest } = value as Record<string, unknown>;
  if (key === 'image' && typeof repository === 'string')
    return [`${repository}:${tag}${typeof digest === 'string' ? `@${digest}` : ''}`];
  return Object.entries(value).flatMap(([name, inner]) => imagesOf(inner, name));
}
