/**
 * @returns for each ARG before the first FROM that a FROM uses as its image: ARG name -> default,
 * e.g. `{ BASE: 'docker.io/library/node:24-slim' }`
 * @see https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact
 */
export function baseArguments(dockerfile: string): Record<string, string> {
  const lines = dockerfile.split('\n').map((line) => line.trim());
  const first = lines.findIndex((line) => /^FROM\s/i.test(line));
  const used = lines.flatMap((line) => /^FROM\s+(?:--\S+\s+)*\$\{?(\w+)/i.exec(line)?.[1] ?? []);
  const declared = lines.slice(0, Math.max(first, 0)).flatMap((line) => {
    const [, name, value = ''] = /^ARG\s+(\w+)(?:=(\S+))?/i.exec(line) ?? [];
    return name !== undefined && used.includes(name) ? [[name, value]] : [];
  });
  return Object.fromEntries(declared);
}

/** @returns the host of an image's registry: 'node:24' -> 'registry-1.docker.io' */
export function registryOf(image: string): string {
  const [host = ''] = image.split('/');
  const named = image.includes('/') && /[.:]|^localhost$/.test(host);
  return named && host !== 'docker.io' ? host : 'registry-1.docker.io';
}
