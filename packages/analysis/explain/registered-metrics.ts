import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVICES = fileURLToPath(new URL('../../../services', import.meta.url));

/** Where a service's code registers a metric. */
export interface Registration {
  /** Its folder below services/. */
  readonly service: string;
  /** `services/consumer/metrics.ts:27` */
  readonly place: string;
}

/** A name as a value, `name: 'jobs_in_flight'`, or as a key of a table, `sluice_scaler_leader: {`. */
const NAMED = /'([a-z]+(?:_[a-z0-9]+)+)'|^\s*([a-z]+(?:_[a-z0-9]+)+): \{$/g;

/** The metrics that services register, by name. Their sources are read, not run: this room knows no service. */
export function registeredMetrics(root = SERVICES): ReadonlyMap<string, readonly Registration[]> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules'))
    .sort();
  const found = files.flatMap((file) => registrationsIn(relative(root, file), readFileSync(file, 'utf8')));
  const lines = Map.groupBy(found, ([name, { service }]) => `${service} ${name}`);
  // The first line of a service that has the name: later ones use it.
  const first = [...lines.values()].flatMap((all) => all.slice(0, 1));
  const groups = Map.groupBy(first, ([name]) => name);
  return new Map([...groups].map(([name, all]) => [name, all.map(([, registration]) => registration)]));
}

function registrationsIn(path: string, text: string): [string, Registration][] {
  if (!/from 'prom-client'/.test(text)) return [];
  const [service = ''] = path.split('/');
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(NAMED)].map(([, value, key]): [string, Registration] => [
        value ?? key ?? '',
        { service, place: `services/${path}:${index + 1}` },
      ]),
    );
}
