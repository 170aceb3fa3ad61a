import { objectKey, parseObjectKey } from '../../packages/contracts/log-report.ts';
import type { ObjectStore, Written } from './object-store.ts';
import { reportOf } from './report.ts';

/** Where raw windows come from and reports go. */
export interface Buckets {
  readonly raw: Pick<ObjectStore, 'getLines'>;
  readonly reports: Pick<ObjectStore, 'exists' | 'putText'>;
}

/**
 * The report of one raw object, written once.
 * @returns undefined for a key that is no raw window's: a bucket holds other objects too
 */
export async function preprocess(
  key: string,
  { raw, reports }: Buckets,
  signal: AbortSignal,
): Promise<Written | undefined> {
  const window = parseObjectKey(key);
  if (window?.family !== 'raw') return undefined;
  const target = objectKey('reports', window);
  if (await reports.exists(target, signal)) return 'existed';
  const report = await reportOf(raw.getLines(key, signal));
  return reports.putText(target, JSON.stringify(report), signal);
}
