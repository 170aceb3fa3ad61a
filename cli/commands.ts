/** A command, and how it is loaded: what one command needs, another need not wait for. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Runs with the arguments after the command's name; resolves to the exit code. */
  readonly load: () => Promise<(argv: string[]) => Promise<number>>;
}

export type Commands = Readonly<Record<string, Command>>;

/** Every command by its name, in the order of the help. */
export const commands: Commands = {
  new: {
    summary:
      'write a workload or an environment as one file, registered: new worker | service | job | environment NAME',
    load: async () => (await import('./new.ts')).runNew,
  },
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
  logs: {
    summary: 'bring archived log lines of a span back into a log store: logs restore --from --to --bucket',
    load: async () => (await import('./logs.ts')).runLogs,
  },
  simulate: {
    summary: 'replay a workload against a policy on virtual time',
    load: async () => (await import('./simulate.ts')).runSimulate,
  },
  advise: {
    summary: 'the policy that recorded arrivals ask for, and what it costs: advise WORKLOAD --trace FILE',
    load: async () => (await import('./advise.ts')).runAdvise,
  },
  cluster: {
    summary: 'a real Kubernetes to try it on: up | down | status | kubeconfig',
    load: async () => (await import('./cluster.ts')).runCluster,
  },
  bootstrap: {
    summary: 'from nothing to a cluster that follows its repository: bootstrap ENVIRONMENT',
    load: async () => (await import('./bootstrap.ts')).runBootstrap,
  },
  up: {
    summary: 'run the whole system on this machine: broker, publisher, scaler, consumers',
    load: async () => (await import('./up.ts')).runUp,
  },
  completion: {
    summary: 'print what makes a shell complete commands and options: completion bash | zsh | fish',
    load: async () => {
      const { runCompletion } = await import('./completion.ts');
      return (argv) => runCompletion(argv, commands);
    },
  },
};

/** The help of `sluice` itself. */
export function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `usage: sluice COMMAND [options]

${rows.join('\n')}

  npx sluice COMMAND --help   the options of a command, with examples
  npx sluice --version        which version this is
`;
}
