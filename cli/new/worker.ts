import { identifierOf } from './names.ts';

export interface NewWorker {
  readonly name: string;
  readonly queue: string;
  /** Whether another workload brings the queue already. */
  readonly queueExists: boolean;
  /** Undefined: this repository's consumer. */
  readonly image: string | undefined;
}

/** The text of apps/workloads/<name>.ts, formatted as the linter wants it. */
export function workerText({ name, queue, queueExists, image }: NewWorker): string {
  const own = image === undefined;
  const imports = [
    "import { latch } from '@sluice/policy';",
    "import { queueWorker } from './queue-worker.ts';",
    ...(own ? ["import { sluiceConsumer } from './sluice-consumer.ts';"] : []),
  ];
  const container = own
    ? ['  ...sluiceConsumer({ workSeconds: 5, stopDeadlineSeconds: 30 }),']
    : [
        `  image: '${image}',`,
        `  // What 'npm start -- ${name}' runs: local: { command: ['python3', '${name}/main.py'] },`,
        '  // Whether it answers /livez, /readyz and /metrics on port 8080.',
        '  http: false,',
        '  longestJobSeconds: 20,',
        '  stopDeadlineSeconds: 30,',
      ];
  return `${imports.join('\n')}

/** Works on the jobs of the queue '${queue}'. */
export const ${identifierOf(name)} = queueWorker('${name}', {
${container.join('\n')}
  queue: ${queueExists ? `'${queue}'` : `{ queue: '${queue}', retrySeconds: 30 }`},
  // 5 workers at 20 waiting jobs, or as soon as one has waited a minute; none when all is done.
  policy: latch({ replicas: 5, startWhen: { readyAtLeast: 20, oldestWaitSeconds: 60 } }),
});
`;
}

/**
 * The list of workloads with one more.
 * @throws {Error} where the list is not written as this repository writes it
 */
export function registered(list: string, name: string): string {
  const identifier = identifierOf(name);
  const imported = `import { ${identifier} } from './${name}.ts';`;
  const imports = list.match(/^import .*;$/gm) ?? [];
  const last = imports.at(-1);
  const entries = /(= \[)([^\]]*)(\];)/.exec(list);
  if (last === undefined || entries === null)
    throw new Error('apps/workloads/index.ts must hold imports and one list');
  const [whole, open = '', inside = '', close = ''] = entries;
  const names = [...inside.split(',').map((each) => each.trim()), identifier].filter((each) => each !== '');
  return list
    .replace(last, `${last}\n${imported}`)
    .replace(whole, `${open}\n${names.map((each) => `  ${each},\n`).join('')}${close}`);
}
