/** Images that may be rendered without a digest, and why. */

const BY_CI = "built here: the workflow 'images' writes tag and digest when it has pushed the first one";
const BY_REGISTRY =
  'others build it: its digest is told by its registry alone; `scripts/ci/pin-images.ts` asks it in the same pull request';

/** Repository -> the reason. CI writes digests in a pull request of its own; then the line goes, and none may be without. */
export const UNPINNED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['api', 'consumer', 'exporter', 'publisher', 'scaler', 'topology'].map((name) => [
      `ghcr.io/sluice/${name}`,
      BY_CI,
    ]),
  ),
  'docker.io/cloudamqp/lavinmq': BY_REGISTRY,
  'docker.io/library/rabbitmq': BY_REGISTRY,
  'docker.io/moby/buildkit': BY_REGISTRY,
  'docker.io/otel/opentelemetry-collector-k8s': BY_REGISTRY,
};

/** The reference without tag and digest. */
export const repositoryOf = (image: string): string =>
  image.replace(/(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/, '');

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
