/** Where images, charts and manifests come from: nothing retired, and nothing that changes under its name. */

interface Retired {
  readonly source: RegExp;
  readonly because: string;
}

/** As of November 2026. */
const RETIRED: readonly Retired[] = [
  {
    source: /charts\.helm\.sh\/(stable|incubator)|kubernetes-charts\.storage\.googleapis\.com/,
    because: 'the stable and incubator charts ended in 2020',
  },
  {
    source: /kubernetes\.github\.io\/ingress-nginx|ingress-nginx\/controller/,
    because: 'ingress-nginx is retired',
  },
  {
    source: /charts\.bitnami\.com|\bbitnami(charts|legacy|secure)?\//,
    because: "Bitnami's free images and charts are gone",
  },
  { source: /\bgrafana\/promtail\b|\bpromtail\b/, because: 'promtail is at its end of life' },
  {
    source: /charts\.min\.io|operator\.min\.io|\b(quay\.io\/)?minio\/(minio|mc|operator)\b/,
    because: "MinIO's images and charts are gone",
  },
  { source: /\bkaniko(-project)?\b/, because: 'kaniko is archived' },
  { source: /\bk8s\.gcr\.io\b/, because: 'k8s.gcr.io is frozen' },
  {
    source: /grafana\.github\.io\/helm-charts/,
    because: "Loki's chart is maintained at grafana-community.github.io/helm-charts",
  },
  { source: /external-secrets\.io\/v1(alpha|beta)1/, because: 'External Secrets serves only v1' },
];

/** Every text in a document, with the path of keys that leads to it. */
function* textsOf(value: unknown, path: readonly string[] = []): Generator<[readonly string[], string]> {
  if (typeof value === 'string') yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* textsOf(inner, [...path, key]);
}

/** Lines such as `spec.source.repoURL (https://...): ingress-nginx is retired`. */
export const retiredSources = (document: unknown): string[] =>
  [...textsOf(document)].flatMap(([path, text]) =>
    RETIRED.filter(({ source }) => source.test(text)).map(
      ({ because }) => `${path.join('.')} (${text}): ${because}`,
    ),
  );

const EXACT = /^v?\d+\.\d+\.\d+([-+][\w.-]+)?$/;
const PINNED_IMAGE = /(:(?!latest\b)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/;

/**
 * References that are not immutable: an image without a tag, `latest`, a range of chart versions, and a git
 * revision other than the environment's.
 */
export function floating(document: unknown, revision: string): string[] {
  const images = [...textsOf(document)].flatMap(([path, text]) => imagesIn(path, text));
  const faults = images.filter((image) => !PINNED_IMAGE.test(image)).map((image) => `the image ${image}`);
  const tags = [...textsOf(document)].filter(([path, text]) => path.at(-1) === 'tag' && !isPinnedTag(text));
  return [...faults, ...tags.map(([, text]) => `the tag ${text}`), ...floatingSource(document, revision)];
}

const isPinnedTag = (text: string): boolean => /\d/.test(text) && !/[*^~<>|\s]|latest/.test(text);

/** An image has a key of its own, or a line `image: ...` in a text that is a file. */
function imagesIn(path: readonly string[], text: string): string[] {
  if (path.at(-1) === 'image') return [text];
  return [...text.matchAll(/^[-\s]*image: *["']?([^\s"']+)/gm)].map(([, image = '']) => image);
}

interface Sourced {
  readonly kind?: string;
  readonly spec?: { readonly source?: { readonly chart?: string; readonly targetRevision?: string } };
}

function floatingSource(document: unknown, revision: string): string[] {
  const { kind, spec } = document as Sourced;
  if (kind !== 'Application' || spec?.source === undefined) return [];
  const { chart, targetRevision = 'HEAD' } = spec.source;
  if (chart === undefined) return targetRevision === revision ? [] : [`the revision ${targetRevision}`];
  return EXACT.test(targetRevision) ? [] : [`the version ${targetRevision} of ${chart}`];
}
