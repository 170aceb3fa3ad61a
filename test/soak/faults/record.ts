import type { FaultRow } from './scenario.ts';

type Line = Readonly<{ [field: string]: unknown }> & { readonly msg: string };

const KEPT_LINES = 25;

/** What the services said, counted. */
export class Record {
  /** Times that each job was done. */
  readonly done = new Map<string, number>();
  readonly lastLines: string[] = [];
  readonly replicas: number[] = [0];
  readonly #parked = new Set<string>();
  #confirmed = 0;
  #redelivered = 0;
  #healedAt: number | undefined;
  #recoveredAt: number | undefined;

  take(line: Line): void {
    this.lastLines.push(JSON.stringify(line).slice(0, 400));
    this.lastLines.splice(0, this.lastLines.length - KEPT_LINES);
    if (line.msg === 'run confirmed') this.#confirmed = Number(line.confirmed);
    if (line.msg === 'decision' && line.current !== line.replicas) this.replicas.push(Number(line.replicas));
    if (line.msg === 'job processed') this.#processed(line);
  }

  /** The fault has ended. */
  healed(): void {
    this.#healedAt = performance.now();
  }

  get confirmed(): number {
    return this.#confirmed;
  }

  /** Jobs that are done or parked. */
  get settled(): number {
    return new Set([...this.done.keys(), ...this.#parked]).size;
  }

  counts(): Pick<FaultRow, 'done' | 'parked' | 'doubled' | 'redelivered' | 'recoverSeconds' | 'replicas'> {
    const recoveredMs =
      this.#healedAt === undefined || this.#recoveredAt === undefined
        ? 0
        : this.#recoveredAt - this.#healedAt;
    return {
      done: this.done.size,
      parked: this.#parked.size,
      doubled: [...this.done.values()].filter((times) => times > 1).length,
      redelivered: this.#redelivered,
      recoverSeconds: Math.round(recoveredMs / 100) / 10,
      replicas: this.replicas.join('-'),
    };
  }

  #processed(line: Line): void {
    const id = String(line.jobId);
    if (line.redelivered === true) this.#redelivered += 1;
    if (line.outcome === 'parked') this.#parked.add(id);
    if (line.outcome !== 'succeeded') return;
    this.done.set(id, (this.done.get(id) ?? 0) + 1);
    if (this.#healedAt !== undefined) this.#recoveredAt ??= performance.now();
  }
}
