/** The pages as a reader finds them: links lead somewhere, versions are the pinned ones, the index is complete. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workerText } from '../../cli/new/workloads.ts';
import { images } from '../../environments/images.ts';
import { charts } from '../../environments/versions.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SKIPPED = ['node_modules', 'dist', '.git'];

const files = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((path) => !SKIPPED.some((folder) => path.split('/').includes(folder)));

const pages = files.filter((path) => path.endsWith('.md'));

/** What a page tells to make, and stands for any name. */
const EXAMPLES = /NAME|DIRECTORY|thumbnails|staging/;

/** Files and folders that pages and comments name: from the root, from their own folder, or by their last part alone. */
function pathsIn(file: string): string[] {
  // Links are another test's.
  const lines = read(file)
    .replaceAll(/\]\([^)]*\)/g, ']')
    .split('\n');
  const prose = file.endsWith('.md') ? lines : lines.filter((line) => /^\s*(?:\/\/|\/?\*)/.test(line));
  const words = prose
    .join('\n')
    .matchAll(/(?<![\w@:./-])(?:\w[\w.-]*\/)*\w[\w.-]*(?:\.(?:ts|mjs|md)|\/)(?![\w/*{<-])/g);
  return [...words].map(([word]) => word.replace(/\/$/, ''));
}

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Each way to name a file and the folders that it is in: `a/b/c.ts` -> a, a/b, b, a/b/c.ts, b/c.ts, c.ts. */
function tails(path: string): string[] {
  const parts = path.split('/');
  return parts.flatMap((_, end) =>
    parts.slice(0, end + 1).map((_, from) => parts.slice(from, end + 1).join('/')),
  );
}

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading.trim()));

/** Links of a page to files of the repository: outside of code, without addresses of the web. */
const linksOf = (page: string): string[] =>
  [
    ...read(page)
      .replaceAll(/```.*?```/gs, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  // What a person may remove is there in the example of a desired state.
  const isThere = [target, join('test/edits/example', `${target}.txt`)].some((at) =>
    existsSync(join(ROOT, at)),
  );
  if (!isThere) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

describe('the documentation', () => {
  it('has no link that leads nowhere', () => {
    expect(pages.length).toBeGreaterThan(40);
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((link) => isBroken(page, link))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('names no file that is gone, nor do comments', () => {
    // What a person may remove is there in the example of a desired state.
    const named = files.map((path) => path.replace(/^test\/edits\/example\/(.*)\.txt$/, '$1'));
    const known = new Set(named.flatMap(tails));
    const rooms = new Set(files.map((path) => path.split('/')[0]));
    // What was decided or changed once names what was there then.
    const prose = files.filter(
      (path) => /(?<!\.test)\.(md|ts|mjs)$/.test(path) && !/^(\.sluice|CHANGELOG|docs\/adr)/.test(path),
    );
    expect(prose.length).toBeGreaterThan(500);
    const gone = prose.flatMap((file) =>
      pathsIn(file)
        .filter((path) => /\.(ts|mjs|md)$/.test(path) || rooms.has(path.split('/')[0]))
        .filter((path) => !known.has(path) && !EXAMPLES.test(path) && !existsSync(join(ROOT, path)))
        .map((path) => `${file}: ${path}`),
    );
    expect(gone).toEqual([]);
  });

  it('has every page in its index', () => {
    const listed = linksOf('docs/README.md').map((link) => join('docs', link));
    const wanted = pages.filter((page) => /^docs\/(?:how-to|reference|tutorial)\//.test(page));
    expect(wanted.filter((page) => !listed.includes(page))).toEqual([]);
  });

  it('shows the worker that is scaffolded as it is written', () => {
    const image = 'ghcr.io/example/thumbnails:1.4.0';
    const text = workerText({
      name: 'thumbnails',
      queue: undefined,
      queueExists: false,
      redis: false,
      image,
    });
    expect(read('docs/how-to/add-a-worker.md')).toContain(text.slice(text.indexOf('/** Works on')));
  });

  it('numbers each decision once', () => {
    const numbers = readdirSync(join(ROOT, 'docs/adr')).map((file) => file.slice(0, 4));
    expect(numbers.filter((one, index) => numbers.indexOf(one) !== index)).toEqual([]);
  });

  it('names a test beside each promise of SECURITY.md', () => {
    const [, , ...promises] = read('SECURITY.md').match(/^\|.*\|$/gm) ?? [];
    expect(promises.length).toBeGreaterThan(5);
    expect(promises.filter((row) => !/\| (?:`[\w/.-]+\.test\.ts`(?:, )?)+ \|$/.test(row))).toEqual([]);
  });

  it.each(['docs/reference/guarantees.md', 'SECURITY.md'])('names proofs that exist in %s', (page) => {
    const proofs = [...read(page).matchAll(/`([\w/.-]+\/[\w/.-]+)`/g)].map(([, path = '']) => path);
    expect(proofs.length).toBeGreaterThan(10);
    expect(proofs.filter((path) => path !== 'dist/' && !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('the compatibility page', () => {
  const rows = read('docs/reference/compatibility.md')
    .split('\n')
    .filter((line) => /^\| \w/.test(line));
  const rowOf = (part: string): string => rows.find((row) => row.startsWith(`| ${part} |`)) ?? '';
  const requiredBy = (tool: string): string =>
    /^require \S+ v(\S+)/m.exec(read(`packages/testbed/tools/${tool}/go.mod`))?.[1] ?? 'no version';

  it.each([
    ['Kubernetes', 'kubernetes'],
    ['Argo CD', 'argo-cd'],
    ['Argo Rollouts', 'argo-rollouts'],
    ['KEDA', 'keda'],
    ['Prometheus', 'prometheus'],
    ['Prometheus', 'prometheus-operator'],
    ['prometheus-adapter', 'prometheus-adapter'],
    ['Traefik', 'traefik'],
    ['VictoriaLogs', 'victoria-logs'],
  ])('says which version of %s the tests run (%s)', (part, tool) => {
    expect(rowOf(part)).toContain(requiredBy(tool));
  });

  it.each([
    ['Argo CD', charts['argo-cd'].version],
    ['Argo Rollouts', charts['argo-rollouts'].version],
    ['KEDA', charts.keda.version],
    ['Prometheus', charts['kube-prometheus-stack'].version],
    ['prometheus-adapter', charts['prometheus-adapter'].version],
    ['Traefik', charts.traefik.version],
    ['RabbitMQ', images.rabbitmq.split(':')[1] ?? ''],
    ['LavinMQ', images.lavinmq.split(':')[1] ?? ''],
    ['VictoriaLogs', images.victoriaLogs.split(':')[1]?.slice(1) ?? ''],
    ['Redis protocol', images.valkey.split(':')[1] ?? ''],
  ])('says which version of %s the environments ask for', (part, version) => {
    expect(rowOf(part)).toContain(version.split('@')[0]);
  });
});
