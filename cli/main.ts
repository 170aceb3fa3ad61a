#!/usr/bin/env node
/** `sluice`: one file a command, loaded when it is called. */
import { FaultsError } from '@sluice/policy';
import { ConfigurationError } from '../packages/contracts/errors.ts';

interface Command {
  readonly summary: string;
  /** Runs with the arguments after the command's name; resolves to the exit code. */
  readonly load: () => Promise<(argv: string[]) => Promise<number>>;
}

const commands: Readonly<Record<string, Command>> = {
  synth: {
    summary: 'render every manifest into dist/ (--check: fail where dist/ is not what the sources render)',
    load: async () => (await import('./synth.ts')).runSynth,
  },
  diff: {
    summary: 'what a change of the desired state does, between two git revisions: diff [base] [head]',
    load: async () => (await import('./diff.ts')).runDiff,
  },
  explain: {
    summary: 'why a rendered object is as it is: its source lines, values and chains',
    load: async () => (await import('./explain.ts')).runExplain,
  },
  capacity: {
    summary: 'what the desired state asks of the nodes, and who goes first when they are full',
    load: async () => (await import('./capacity.ts')).runCapacity,
  },
  secrets: {
    summary: 'print generated Secrets for an environment that expects them pre-made',
    load: async () => (await import('./secrets.ts')).runSecrets,
  },
  simulate: {
    summary: 'replay a workload against a policy on virtual time',
    load: async () => (await import('./simulate.ts')).runSimulate,
  },
  cluster: {
    summary: 'a real Kubernetes to try it on: up | down | status | kubeconfig',
    load: async () => (await import('./cluster.ts')).runCluster,
  },
  bootstrap: {
    summary:
      'from nothing to a cluster that follows its repository: bootstrap ENVIRONMENT (--dry-run: only tell)',
    load: async () => (await import('./bootstrap.ts')).runBootstrap,
  },
  up: {
    summary: 'run the whole system on this machine: broker, publisher, scaler, consumers',
    load: async () => (await import('./up.ts')).runUp,
  },
};

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'usage: sluice COMMAND [options]   (sluice COMMAND --help tells the options)',
    '',
    ...rows,
    '',
  ].join('\n');
}

async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = commands[name];
  if (command === undefined) {
    process.stderr.write(`sluice: no command '${name}'\n\n${usage()}`);
    return 2;
  }
  return (await command.load())(rest);
}

// Who has seen enough (`| head`) closes the pipe: no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigurationError || error instanceof FaultsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
