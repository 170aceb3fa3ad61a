import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { doneKey, objectKey } from '../../packages/contracts/log-report.ts';

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

const documentOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`iam/${name}.json`, import.meta.url), 'utf8'));

/** Whether a policy lets an object be used so. */
const permits = (policy: string, action: string, bucket: string, key: string): boolean =>
  documentOf(policy).Statement.some(
    ({ Action, Resource }: Statement) =>
      Action.includes(action) &&
      Resource.some(
        (arn) => `arn:aws:s3:::${bucket}/${key}`.startsWith(arn.replace(/\*$/, '')) && arn.endsWith('/*'),
      ),
  );

const window = { namespace: 'consumer', start: 0 };
const keys = {
  raw: ['RAW_BUCKET', objectKey('raw', window)],
  'done/raw': ['RAW_BUCKET', doneKey('raw', 0)],
  archive: ['RAW_BUCKET', objectKey('archive', window)],
  'done/archive': ['RAW_BUCKET', doneKey('archive', 0)],
  reports: ['REPORT_BUCKET', objectKey('reports', window)],
} as const;

describe('the policy', () => {
  it.each([
    ['extract', ['raw', 'done/raw', 'reports'], ['raw', 'done/raw', 'reports']],
    ['archive', ['archive', 'done/archive'], ['archive', 'done/archive']],
    ['preprocess', ['raw', 'reports'], ['reports']],
    ['board', ['reports'], []],
    ['restore', ['archive', 'done/archive'], []],
  ])('of %s permits reading %j and writing %j, and nothing else', (policy, reads, writes) => {
    const permitted = (action: string) =>
      Object.entries(keys).flatMap(([name, [bucket, key]]) =>
        permits(policy, action, bucket, key) ? [name] : [],
      );
    expect(permitted('s3:GetObject').toSorted()).toEqual(reads.toSorted());
    expect(permitted('s3:PutObject').toSorted()).toEqual(writes.toSorted());
    const actions = documentOf(policy).Statement.flatMap(({ Action }: Statement) => Action);
    expect(actions.filter((action: string) => /Delete|\*/.test(action))).toEqual([]);
  });
});

it('every object that is written expires, and no mark before its objects', () => {
  const rules: { Filter: { Prefix: string }; Expiration?: { Days: number } }[] = [
    ...documentOf('lifecycle-raw-bucket').Rules,
    ...documentOf('lifecycle-report-bucket').Rules,
  ];
  const daysOf = (key: string) =>
    rules
      .filter(({ Filter, Expiration }) => Expiration !== undefined && key.startsWith(Filter.Prefix))
      .map(({ Expiration }) => Expiration?.Days);
  expect(Object.values(keys).map(([, key]) => daysOf(key))).toEqual([[30], [30], [365], [365], [365]]);
});
