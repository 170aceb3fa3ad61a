/** Binary fractions must not cost a replica: 3 x 0.1 / 0.3 is 1.0000000000000002 and means 1. */
export const roundUp = (exact: number): number =>
  exact < MAX_INT32 ? Math.max(0, Math.ceil(exact - exact * 1e-12)) : MAX_INT32;

/** Jobs that one replica begins within a time: 50 s of jobs of 20 s are begun at 0, 20 and 40 s. At least one. */
export const begunWithin = (seconds: number, serviceSeconds: number): number =>
  Math.min(MAX_INT32, 1 + Math.floor((Math.max(0, seconds) / serviceSeconds) * (1 + 1e-12)));

/** Kubernetes holds every count in 32 bits. */
export const MAX_INT32 = 2 ** 31 - 1;

/** A timer of 2^31 ms or more fires at once. */
export const MAX_TIMER_SECONDS = Math.floor(MAX_INT32 / 1000);

/** The label of a DNS name: the name of a namespace, a label's value, one part of a longer name. */
export const isDnsLabel = (value: string): boolean => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);

/** A DNS subdomain: the name of an object. */
export const isDnsName = (value: string): boolean =>
  value.length <= 253 && value.split('.').every(isDnsLabel);

/** The constraint on a DNS label, as the end of a sentence. */
export const DNS_LABEL =
  'must be a DNS-1123 label: at most 63 of a-z, 0-9 and -, a letter or digit at each end';
/** The constraint on a name of Kubernetes, as the end of a sentence. */
export const DNS_NAME = 'must be a Kubernetes name: a-z, 0-9, - and .';
