/** What the caller asked for cannot be: every fault at once, one line each. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(command: string, faults: readonly string[]) {
    super(faults.map((fault) => `sluice ${command}: ${fault}`).join('\n'));
    this.name = 'ConfigurationError';
    this.faults = faults;
  }
}
