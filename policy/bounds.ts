/** Kubernetes holds every count in 32 bits. */
export const MAX_INT32 = 2 ** 31 - 1;

/** A timer of 2^31 ms or more fires at once. */
export const MAX_TIMER_SECONDS = Math.floor(MAX_INT32 / 1000);

/** The label of a DNS name: the name of a namespace, a label's value, one part of a longer name. */
export const isDnsLabel = (value: string): boolean => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);

/** A DNS subdomain: the name of an object. */
export const isDnsName = (value: string): boolean =>
  value.length <= 253 && value.split('.').every(isDnsLabel);

export const DNS_LABEL =
  'must be a DNS-1123 label: at most 63 of a-z, 0-9 and -, a letter or digit at each end';
export const DNS_NAME = 'must be a Kubernetes name: a-z, 0-9, - and .';
