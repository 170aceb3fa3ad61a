import type { FETCH_FAILURES } from '../../packages/contracts/metrics/catalogue.ts';
import { parseTargetUrl } from './allow-list.ts';
import type { Exporter, Source } from './exporter.ts';
import type { ExporterMetrics } from './metrics.ts';
import type { Outcome } from './targets.ts';

/** Why a target gives nothing. */
export type FailureReason = (typeof FETCH_FAILURES)[number];

/** A document that was not had, or cannot be used. Its message holds no secret: no query, no credentials. */
export class FetchError extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.name = 'FetchError';
    this.reason = reason;
  }
}

/** Any error as the failure of a fetch. */
export const asFetchError = (error: unknown): FetchError =>
  error instanceof FetchError ? error : new FetchError('broken', String(error));

/** What /probe answers: status 200 is Prometheus' text, any other a sentence. */
export interface ProbeAnswer {
  readonly status: number;
  readonly body: string;
}

/** What /probe is asked: a target and a module. */
export interface ProbeRequest {
  /** Name of a target of the file, or a URL. */
  readonly target: string | null;
  /** A named target has one of its own. */
  readonly module: string | null;
  /** How long Prometheus waits. */
  readonly scrapeTimeoutSeconds: number;
}

interface ProbeOptions {
  readonly exporter: Exporter;
  readonly metrics: ExporterMetrics;
  readonly timeoutSeconds: number;
  readonly maxProbes: number;
}

/** The answer must still reach Prometheus in time. */
const SHARE_OF_SCRAPE_TIMEOUT = 0.9;

/** Fetches a target when it is asked to and answers with that document's series, and no others. */
export function prober({ exporter, metrics, timeoutSeconds, maxProbes }: ProbeOptions) {
  let running = 0;
  const probe = async (source: Source): Promise<ProbeAnswer> => {
    const target = exporter.open(source);
    const outcome = await target.fetch();
    metrics.probed(outcome.failure === undefined ? 'success' : 'failure');
    return { status: 200, body: `${ownText(outcome)}${[...exporter.expose([target])].join('')}` };
  };
  return async (request: ProbeRequest): Promise<ProbeAnswer> => {
    const found = running < maxProbes ? sourceOf(request, exporter, timeoutSeconds) : BUSY;
    if ('status' in found) {
      metrics.probed('refused');
      return found;
    }
    running += 1;
    try {
      return await probe(found);
    } finally {
      running -= 1;
    }
  };
}

const BUSY: ProbeAnswer = { status: 503, body: 'too many probes at the same time\n' };

function sourceOf(request: ProbeRequest, exporter: Exporter, otherwise: number): Source | ProbeAnswer {
  const { target, module: name, scrapeTimeoutSeconds } = request;
  if (target === null) return refused(400, "'target' must be given: a target's name or a URL");
  const named = exporter.named(target);
  const module = name === null ? named?.module : exporter.module(name);
  if (module === undefined)
    return refused(400, `'module' (${name ?? 'absent'}) must be the name of a mapping`);
  const longest = scrapeTimeoutSeconds * SHARE_OF_SCRAPE_TIMEOUT;
  if (named !== undefined) {
    return { ...named, module, timeoutSeconds: Math.min(named.timeoutSeconds, longest) };
  }
  const url = parseTargetUrl(target);
  if (url === undefined)
    return refused(
      400,
      "'target' must be a target's name or a URL of scheme http or https, without credentials",
    );
  if (!exporter.allowList.permits(url)) return refused(403, `'target' (${url.origin}) is not allowed`);
  return { name: url.host, url, module, timeoutSeconds: Math.min(otherwise, longest) };
}

const refused = (status: number, why: string): ProbeAnswer => ({ status, body: `${why}\n` });

const ownText = ({
  durationSeconds,
  failure,
}: Outcome): string => `# HELP probe_success 1 when the target gave a document, else 0.
# TYPE probe_success gauge
probe_success ${failure === undefined ? 1 : 0}
# HELP probe_duration_seconds How long the fetch took.
# TYPE probe_duration_seconds gauge
probe_duration_seconds ${durationSeconds}
`;
