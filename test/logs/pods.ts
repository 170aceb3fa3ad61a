import { appendFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** A container that writes to its log file as containerd does, below a kubelet's folder of logs. */
export class LoggedPod {
  readonly name: string;
  readonly #folder: string;
  #lines = 0;
  #rotations = 0;

  constructor(logs: string, name: string, { namespace = 'shop', container = 'app' } = {}) {
    this.name = name;
    const uid = `0a1b2c3d-0000-4000-8000-${Buffer.from(name).toString('hex').slice(-12).padStart(12, '0')}`;
    this.#folder = join(logs, `${namespace}_${name}_${uid}`, container);
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Lines in one write; `part` is P where the line goes on. */
  write(lines: readonly string[], stream: 'stdout' | 'stderr' = 'stdout', part: 'F' | 'P' = 'F'): void {
    const text = lines.map((line) => `${this.#instant()} ${stream} ${part} ${line}\n`).join('');
    appendFileSync(join(this.#folder, '0.log'), text);
  }

  /** As the kubelet: the file gets a time behind its name, and the next line begins another. */
  rotate(): void {
    this.#rotations += 1;
    const second = String(this.#rotations).padStart(6, '0');
    renameSync(join(this.#folder, '0.log'), join(this.#folder, `0.log.20261129-${second}`));
  }

  /** RFC 3339 with nanoseconds, no two the same. */
  #instant(): string {
    this.#lines += 1;
    const nanoseconds = String(this.#lines % 1_000_000).padStart(6, '0');
    return new Date().toISOString().replace('Z', `${nanoseconds}Z`);
  }
}
