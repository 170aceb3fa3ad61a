import { type Fields, isFields } from './fields.ts';

const encoded = (value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value).toString('base64') : value;

/**
 * Where a key of a Secret stands in `stringData` on one side and in `data` on the other, both as `data`: the API
 * server stores them so.
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
 */
export function inOneData(place: string, before: Fields, after: Fields): readonly [Fields, Fields] {
  if (place !== 'Secret') return [before, after];
  return [encodedAs(before, after), encodedAs(after, before)];
}

function encodedAs(secret: Fields, other: Fields): Fields {
  const texts = isFields(secret.stringData) ? secret.stringData : {};
  const isElsewhere = (key: string): boolean =>
    isFields(other.data) && Object.hasOwn(other.data, key) && !Object.hasOwn(Object(other.stringData), key);
  const moved = Object.keys(texts).filter(isElsewhere);
  if (moved.length === 0) return secret;
  const { stringData: _, ...rest } = secret;
  const left = Object.entries(texts).filter(([key]) => !moved.includes(key));
  const data = {
    ...Object(secret.data),
    ...Object.fromEntries(moved.map((key) => [key, encoded(texts[key])])),
  };
  return left.length === 0 ? { ...rest, data } : { ...rest, data, stringData: Object.fromEntries(left) };
}

/** Whether two texts are one content in base64, which may be broken into lines. */
export const isSameData = (place: string, before: unknown, after: unknown): boolean =>
  /^(Secret\.data|ConfigMap\.binaryData)\./.test(place) &&
  typeof before === 'string' &&
  typeof after === 'string' &&
  before.replaceAll(/[\r\n]/g, '') === after.replaceAll(/[\r\n]/g, '');
