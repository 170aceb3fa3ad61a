/** A series of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details */
export const samplesIn = (text: string): Sample[] =>
  [...text.matchAll(/^([a-z]\w+)(\{.*\})? (\S+)$/gm)].map(([, name = '', braces = '', value]) => ({
    name,
    labels: Object.fromEntries(
      [...braces.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', of = '']) => [label, of]),
    ),
    value: Number(value),
  }));
