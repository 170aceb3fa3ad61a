import { ConfigError, integer, seconds, serviceFields, text } from '@sluice/runtime';
import * as z from 'zod';
import { type Mappings, readMappings } from './mapping.ts';
import { readTargets, type TargetsFile } from './targets.ts';

/** The exporter's environment. */
export const environment = z.object({
  MAPPINGS_DIRECTORY: text('Directory of the mapping files; `NAME.yaml` is the module `NAME`.'),
  TARGETS_FILE: text('Path of the YAML file with the targets and the allow-list.'),
  INTERVAL_SECONDS: seconds({
    min: 0.1,
    max: 3600,
    fallback: 15,
    meaning: 'How often each target is fetched.',
  }),
  TIMEOUT_SECONDS: seconds({
    min: 0.05,
    max: 3600,
    fallback: 5,
    meaning: 'How long a fetch may take, where the target says no other; at most the interval.',
  }),
  STALE_AFTER_INTERVALS: integer({
    min: 2,
    max: 1000,
    fallback: 3,
    meaning: 'Age, in intervals, from which the values of a target are not exposed any more.',
  }),
  MAX_BODY_BYTES: integer({
    min: 1024,
    max: 268_435_456,
    fallback: 4_194_304,
    meaning: 'Longest document; a longer one fails.',
  }),
  MAX_SERIES: integer({
    min: 1,
    max: 1_000_000,
    fallback: 5000,
    meaning: 'Most series of one target; a document with more of them fails.',
  }),
  MAX_PROBES: integer({
    min: 0,
    max: 10_000,
    fallback: 20,
    meaning: 'Requests to `/probe` at the same time; more are answered with 503.',
  }),
  ...serviceFields,
});

export type ExporterConfig = z.output<typeof environment>;

/** The files that the environment names, read. */
export interface Settings {
  readonly mappings: Mappings;
  readonly file: TargetsFile;
}

/** What the environment names, read. @throws ConfigError with every fault of every file */
export function settingsOf(config: ExporterConfig): Settings {
  const faults: string[] = [];
  const { INTERVAL_SECONDS: intervalSeconds, TIMEOUT_SECONDS: timeoutSeconds } = config;
  if (timeoutSeconds > intervalSeconds)
    faults.push(
      `'TIMEOUT_SECONDS' (${timeoutSeconds}) must not exceed 'INTERVAL_SECONDS' (${intervalSeconds})`,
    );
  const mappings = readMappings(config.MAPPINGS_DIRECTORY, faults);
  const around = { modules: mappings.names, intervalSeconds, environment: process.env };
  const file = readTargets(config.TARGETS_FILE, around, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return { mappings, file };
}
