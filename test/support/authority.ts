import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** A certificate and its key, as paths of PEM files. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of a test's own, by openssl, with its files in a folder that `dispose` removes. */
export class Authority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-authority-'));
  readonly #name: string;

  constructor(name = 'test authority') {
    this.#name = name;
    const { certificate, key } = this.#files('authority');
    this.#openssl('req', '-x509', ...KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', certificate);
  }

  /** The authority that a client trusts: the path of its certificate. */
  get file(): string {
    return this.#files('authority').certificate;
  }

  /** The same, as text. */
  get certificate(): string {
    return readFileSync(this.file, 'utf8');
  }

  /** Issues a server's certificate for the DNS names. */
  issue(...names: readonly string[]): Issued {
    const { certificate, key } = this.#files(names[0] ?? this.#name);
    this.#openssl(
      ...['req', '-x509', ...KEY, '-subj', `/CN=${names[0]}`],
      ...['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join()}`],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-CA', this.file, '-CAkey', this.#files('authority').key, '-keyout', key, '-out', certificate],
    );
    return { certificate, key };
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #files(name: string): Issued {
    return { certificate: join(this.#folder, `${name}.pem`), key: join(this.#folder, `${name}.key`) };
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

/** Replaces a file in one step, as a kubelet does: no reader finds half of it. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
