const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

export const durationRule = 'must be a positive duration such as 500ms, 30s, 10m or 1h';

/** '30s' -> 30. @returns undefined for anything that is not a positive number with a unit. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const seconds = match ? Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS] : 0;
  return seconds > 0 ? seconds : undefined;
}
