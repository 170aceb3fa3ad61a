import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applications } from '../apps/main.ts';
import { systemIn } from '../apps/rendering.ts';
import { environments } from '../environments/index.ts';
import { OptionReader, parseOptions } from './arguments.ts';
import { environmentText } from './new/environment.ts';
import { environmentFaults, imageFaults, nameFaults, queueFaults, registered } from './new/names.ts';
import { jobText, type NewWorkload, redisWorkerText, serviceText, workerText } from './new/workloads.ts';

const help = `usage: sluice new worker|service|job|environment NAME [options]

Writes a workload or an environment as one file, puts it into the list beside it, and renders dist/ and the golden
pages. Delete the file and its line in the list, and every trace of it is gone with the next synth.

  --queue NAME    the queue a worker lives off; one that another brings is shared     (the worker's name)
                  the queue a job publishes to                                        (none)
  --redis         the queue is one of BullMQ in Redis; it needs an image              (a queue of the broker)
  --image IMAGE   what runs, pinned; a service and a job need one         (this repository's consumer)
  --like NAME     the environment that a new one is like                              (the first)
  --no-render     write the file and its line alone, for several at once: 'npm run format' and
                  'npm run synth' after the last

  npx sluice new worker thumbnails --image ghcr.io/example/thumbnails:1.4.0
  npx sluice new worker audit --queue jobs
  npx sluice new worker mails --redis --image ghcr.io/example/mails:1.0.0
  npx sluice new service shop --image ghcr.io/example/shop:2.0.1
  npx sluice new job report --image ghcr.io/example/report:0.3.0
  npx sluice new environment staging --like production
`;

const ROOT = join(import.meta.dirname, '..');

/** What can be made. */
interface Kind {
  /** Where its file goes; its list is the `index.ts` there. */
  readonly folder: string;
  /** Options that it takes. */
  readonly takes: readonly ('image' | 'queue' | 'like' | 'redis')[];
  readonly needsImage?: boolean;
  readonly text: (asked: NewOptions) => string;
  /** What was rendered, and where. */
  readonly rendered: (asked: NewOptions) => string;
  /** The first things to do, a line each. */
  readonly next: (asked: NewOptions) => readonly string[];
}

interface NewOptions extends NewWorkload {
  readonly like: string;
}

const explained = ({ name }: NewOptions): string[] => [`npx sluice explain deployment/${name}`];

const kinds: Readonly<Record<string, Kind>> = {
  worker: {
    folder: 'apps/workloads',
    takes: ['image', 'queue', 'redis'],
    text: (asked) => (asked.redis ? redisWorkerText(asked) : workerText(asked)),
    rendered: ({ name, queue = name, queueExists, redis }) =>
      redis
        ? `dist/*/${name}/ of each environment with a Redis: Deployment, identity, user of Redis, NetworkPolicies, scaling, budget`
        : `dist/*/${name}/: Deployment, identity, broker user, NetworkPolicies, scaling, budget; the queue '${queue}'${queueExists ? ', which another workload brings' : ' with its retries and parked jobs'}`,
    next: (asked) =>
      asked.redis && environments.every(({ redis }) => redis === undefined)
        ? ["edit an environment: say 'redis' there, and 'npm run synth' renders the worker in it"]
        : [...explained(asked), `npx sluice simulate ${asked.name}`],
  },
  service: {
    folder: 'apps/workloads',
    takes: ['image'],
    needsImage: true,
    text: serviceText,
    rendered: ({ name }) => `dist/*/${name}/: Deployment, Service, identity, NetworkPolicies, HPA, budget`,
    next: explained,
  },
  job: {
    folder: 'apps/workloads',
    takes: ['image', 'queue'],
    needsImage: true,
    text: jobText,
    rendered: ({ name }) => `dist/*/${name}/: CronJob, identity, NetworkPolicies`,
    next: ({ name }) => [`npx sluice explain cronjob/${name}`],
  },
  environment: {
    folder: 'environments',
    takes: ['like'],
    text: ({ name, like }) => environmentText({ name, like: environmentNamed(like) }),
    rendered: ({ name }) => `dist/${name}/: everything that the work needs there`,
    next: ({ name }) => [
      `edit environments/${name}.ts   addresses of its API server and nodes, volumes, cloud`,
      `npx sluice bootstrap ${name} --dry-run`,
    ],
  },
};

function environmentNamed(name: string) {
  const found = environments.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no environment '${name}'`);
  return found;
}

/** `sluice new`. @returns 0, or the exit code of the render, else of the linter @throws {ConfigurationError} with every fault of the names */
export async function runNew(argv: string[]): Promise<number> {
  const wanted = parse(argv);
  if (wanted === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const { kind, asked } = wanted;
  const file = `${kind.folder}/${asked.name}.ts`;
  const index = `${kind.folder}/index.ts`;
  const list = registered(readFileSync(join(ROOT, index), 'utf8'), asked.name, index);
  writeFileSync(join(ROOT, file), kind.text(asked), { flag: 'wx' });
  writeFileSync(join(ROOT, index), list);
  const made = `\nmade     ${file}, and its line in ${index}\n`;
  const code = wanted.render ? render([file, index]) : 0;
  if (code === 0) process.stdout.write(wanted.render ? `${made}${told(kind, asked, file, index)}` : made);
  return code;
}

/** @returns the exit code of what failed, or 0 */
function render(written: readonly string[]): number {
  // The linter's own order of imports and width of lines.
  const format = ['check', '--write', '--error-on-warnings', '--log-level=error', ...written];
  // Faults go to stderr; how many files it looked at is of no use.
  const linted = run(join('node_modules', '.bin', 'biome'), format, 'ignore');
  // Processes of their own read the new file, and then what is rendered.
  return (
    run(process.execPath, ['cli/main.ts', 'synth']) ||
    run(process.execPath, ['test/synth/golden.ts']) ||
    linted
  );
}

const run = (command: string, args: readonly string[], stdout: 'inherit' | 'ignore' = 'inherit'): number =>
  spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', stdout, 'inherit'] }).status ?? 1;

const told = (kind: Kind, asked: NewOptions, file: string, index: string): string => `\
rendered ${kind.rendered(asked)}

next     ${['npx sluice diff', ...kind.next(asked)].join('\n         ')}
         commit ${file}, ${index}, dist/, test/synth/golden/ and README.md together
`;

const options = {
  queue: { type: 'string' },
  image: { type: 'string' },
  redis: { type: 'boolean' },
  like: { type: 'string' },
  'no-render': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

interface Wanted {
  readonly kind: Kind;
  readonly asked: NewOptions;
  /** Whether what is written is formatted and rendered too. */
  readonly render: boolean;
}

function parse(argv: string[]): Wanted | undefined {
  const { values, positionals } = parseOptions('new', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('new');
  const [kindName = '', name = '', ...rest] = positionals;
  const kind = Object.hasOwn(kinds, kindName) ? kinds[kindName] : undefined;
  const { queue, image, like, redis = false } = values;
  if (rest.length > 0) reader.fault(`takes one name, not also '${rest.join(' ')}'`);
  reader.word(kindName, Object.keys(kinds));
  if (kind !== undefined)
    for (const fault of faultsOf(kindName, kind, { name, queue, image, like, redis })) reader.fault(fault);
  reader.check();
  if (kind === undefined) return undefined;
  const queueExists = environments.some((one) =>
    systemIn(one, applications).queues.some((each) => each.queue === (queue ?? name)),
  );
  return {
    kind,
    render: values['no-render'] !== true,
    asked: { name, queue, queueExists, redis, image, like: like ?? environments[0]?.name ?? '' },
  };
}

function redisFaults(
  kindName: string,
  { takes }: Kind,
  { redis, image }: Pick<NewOptions, 'redis' | 'image'>,
): string[] {
  if (!redis) return [];
  if (!takes.includes('redis')) return [`'--redis' does not apply to a new ${kindName}`];
  return image === undefined
    ? ["'--redis' needs '--image': this repository's consumer takes from the broker alone"]
    : [];
}

function faultsOf(
  kindName: string,
  kind: Kind,
  {
    name,
    queue,
    image,
    like,
    redis,
  }: Omit<NewOptions, 'queueExists' | 'like'> & { readonly like: string | undefined },
): string[] {
  const file = `${kind.folder}/${name}.ts`;
  const given = { queue, image, like };
  const known = environments.map((one) => one.name);
  return [
    ...(kind.folder === 'environments' ? environmentFaults(name) : nameFaults(name)),
    ...(['image', 'queue', 'like'] as const)
      .filter((option) => given[option] !== undefined && !kind.takes.includes(option))
      .map((option) => `'--${option}' (${given[option]}) does not apply to a new ${kindName}`),
    ...redisFaults(kindName, kind, { redis, image }),
    ...(kind.needsImage && image === undefined ? [`needs '--image': what the new ${kindName} runs`] : []),
    ...(queue === undefined ? [] : queueFaults(queue)),
    ...imageFaults(image),
    ...(like === undefined || known.includes(like)
      ? []
      : [`'--like' (${like}) must be one of: ${known.join(', ')}`]),
    ...(name !== '' && existsSync(join(ROOT, file))
      ? [`'name' (${name}) must not be that of a file: ${file} exists`]
      : []),
  ];
}
