import { parseHttpUrl, UrlError } from '@sluice/runtime';

/** The origins that a probe may fetch from: `scheme://host[:port]`; a host `*.domain` stands for all below it. */
export class AllowList {
  readonly #exact = new Set<string>();
  readonly #below: readonly OriginPattern[];

  constructor(patterns: readonly OriginPattern[]) {
    this.#below = patterns.filter(({ wildcard }) => wildcard);
    for (const pattern of patterns.filter(({ wildcard }) => !wildcard)) this.#exact.add(originOf(pattern));
  }

  permits(url: URL): boolean {
    const { protocol, hostname, port } = url;
    if (this.#exact.has(originOf({ protocol, host: hostname, port }))) return true;
    return this.#below.some(
      (pattern) =>
        pattern.protocol === protocol && pattern.port === port && hostname.endsWith(`.${pattern.host}`),
    );
  }
}

/** Origins that may be read: scheme, host and port. */
export interface OriginPattern {
  readonly protocol: string;
  readonly host: string;
  /** Empty: the scheme's own. */
  readonly port: string;
  /** Everything below `host`, and not `host` itself. */
  readonly wildcard: boolean;
}

const originOf = ({ protocol, host, port }: Pick<OriginPattern, 'protocol' | 'host' | 'port'>): string =>
  `${protocol}//${host}:${port}`;

/** @returns undefined for what is no pattern */
export function parseOriginPattern(text: string): OriginPattern | undefined {
  const wildcard = /^https?:\/\/\*\./.test(text);
  const url = parseTargetUrl(wildcard ? text.replace('*.', '') : text);
  if (url === undefined || /[/?#]/.test(text.replace(/^https?:\/\//, ''))) return undefined;
  const { protocol, hostname: host, port } = url;
  return host.includes('*') ? undefined : { protocol, host, port, wildcard };
}

/** @returns undefined for what is no URL of scheme http or https, or holds credentials */
export function parseTargetUrl(text: string): URL | undefined {
  try {
    return parseHttpUrl(text);
  } catch (error) {
    if (error instanceof UrlError) return undefined;
    throw error;
  }
}
