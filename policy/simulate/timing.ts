/** How long things take between a backlog and its end. Seconds, all of them. */
export interface Timing {
  /** Between two decisions. */
  readonly pollSeconds: number;
  /** Age of a reading when it is decided upon. 0 for a broker's own API, up to 30 through Prometheus. */
  readonly scrapeDelaySeconds: number;
  /** Seconds from the change of the count to the first job that a new replica takes. */
  readonly podStartSeconds: number;
  readonly service: ServiceTime;
  /** SIGTERM to SIGKILL: how long a replica may finish the job in flight at scale-in. */
  readonly gracefulStopSeconds: number;
  /** Whether a job that outlasts the grace is killed (and delivered again) or may finish. */
  readonly killsAfterGrace: boolean;
}

export interface ServiceTime {
  /** `uniform` is between 0 and twice the mean. */
  readonly distribution: 'constant' | 'uniform' | 'exponential';
  readonly meanSeconds: number;
}

/** Service time of a job by its uniform number. */
export function serviceSeconds({ distribution, meanSeconds }: ServiceTime, uniform: number): number {
  if (distribution === 'constant') return meanSeconds;
  if (distribution === 'uniform') return 2 * meanSeconds * uniform;
  return -meanSeconds * Math.log(1 - uniform);
}
