import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OptionReader, parseOptions } from './arguments.ts';

const help = `usage: sluice logs restore --from INSTANT --to INSTANT --bucket NAME [options]

Writes the archived log lines of a span into a VictoriaLogs that has none of it, each as it was. A store that holds
lines of the span is left as it is. Credentials of the bucket are those of the AWS SDK: variables, a profile or a role.

  --from INSTANT         start of the span, as 2026-11-29T15:00:00Z
  --to INSTANT           its end, which does not belong to it
  --bucket NAME          the bucket of the archive
  --store URL            where VictoriaLogs is                  (http://127.0.0.1:9428)
  --namespace NAME       only of this namespace; may be repeated                  (all)
  --region NAME          region of the bucket                             (us-east-1)
  --endpoint URL         an S3 server other than AWS                           (AWS)

Exit code: 0; 1 when the store has lines of the span or the archive lacks hours of it; 2 when an option cannot be.

  kubectl -n victoria-logs port-forward svc/victoria-logs 9428 &
  npx sluice logs restore --from 2026-11-29T15:00:00Z --to 2026-11-29T16:30:00Z --bucket example-log-windows
`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  bucket: { type: 'string' },
  store: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  namespace: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

const MAIN = join(import.meta.dirname, '..', 'services', 'log-reports', 'main.ts');
/** A day of lines is brought back within it. */
const DEADLINE_SECONDS = 6 * 3600;

/** `sluice logs`. @returns the exit code of the restoration; 2 for options that cannot be, by ConfigurationError */
export async function runLogs(argv: string[]): Promise<number> {
  const { values, positionals } = parseOptions('logs', argv, OPTIONS, true);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const reader = new OptionReader('logs');
  const verb = positionals.join(' ');
  reader.word(verb, ['restore']);
  const needed = (name: 'from' | 'to' | 'bucket'): string => {
    if (values[name] === undefined) reader.fault(`'--${name}' must be given`);
    return values[name] ?? '';
  };
  const environment = {
    ...{ MODE: 'restore', FROM: needed('from'), TO: needed('to'), RAW_BUCKET: needed('bucket') },
    ...{ LOG_STORE_URL: values.store ?? 'http://127.0.0.1:9428', S3_REGION: values.region ?? 'us-east-1' },
    ...(values.endpoint !== undefined && { S3_ENDPOINT: values.endpoint }),
    ...{ NAMESPACES: (values.namespace ?? []).join(), DEADLINE_SECONDS: String(DEADLINE_SECONDS) },
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
  };
  const [from, to] = [reader.instant('from', values.from), reader.instant('to', values.to)];
  if (from !== undefined && to !== undefined && from >= to)
    reader.fault(`'--from' (${values.from}) must be before '--to' (${values.to})`);
  reader.check();
  return restored(environment);
}

/** Runs the service, which does the work in a cluster too, and says how it ended in a sentence. */
async function restored(environment: Readonly<Record<string, string>>): Promise<number> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  for await (const line of createInterface({ input: child.stdout })) {
    const sentence = sentenceOf(line);
    if (sentence !== undefined) process.stdout.write(`${sentence}\n`);
  }
  const [code] = await ended;
  return code ?? 1;
}

interface Said {
  readonly msg: string;
  readonly lines?: number;
  readonly missing?: readonly string[];
  readonly error?: string;
  readonly faults?: readonly string[];
}

/** @returns undefined for what says nothing of the outcome */
function sentenceOf(line: string): string | undefined {
  if (!line.startsWith('{')) return line;
  const { msg, lines, missing = [], error, faults } = JSON.parse(line) as Said;
  if (msg === 'span restored')
    return [
      `${lines} lines are restored.`,
      ...missing.map((hour) => `The archive has no hour ${hour}.`),
    ].join('\n');
  if (msg === 'span not restored') return `Nothing is restored: ${error}`;
  return faults?.join('\n');
}
