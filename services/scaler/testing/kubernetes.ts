import type { LeaseApiLike, LeaseLike } from '../lease/kube-lease.ts';
import type { AutoscalerApiLike, AutoscalerLike, ScaleApiLike, ScaleLike } from '../targets/kubernetes.ts';

/** As the client throws it. */
export class ApiError extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`HTTP-Code: ${code}`);
    this.code = code;
  }
}

/** One object in a store with optimistic concurrency, as the API server keeps it. */
class Stored<T extends { metadata?: { resourceVersion?: string } }> {
  object: T | undefined;
  #version = 0;

  read(): T {
    if (this.object === undefined) throw new ApiError(404);
    return structuredClone(this.object);
  }

  create(body: T): T {
    if (this.object !== undefined) throw new ApiError(409);
    return this.#store(body);
  }

  /** An update without a resourceVersion is unconditional, as the API server's. */
  replace(body: T): T {
    const current = this.read();
    const claimed = body.metadata?.resourceVersion;
    if (claimed !== undefined && claimed !== current.metadata?.resourceVersion) throw new ApiError(409);
    return this.#store(body);
  }

  #store(body: T): T {
    this.#version += 1;
    const metadata = { ...body.metadata, resourceVersion: String(this.#version) };
    this.object = structuredClone({ ...body, metadata });
    return structuredClone(this.object);
  }
}

/** A Deployment's /scale. */
export class FakeScale implements ScaleApiLike {
  readonly #stored = new Stored<ScaleLike>();
  reads = 0;
  writes = 0;
  /** Runs before each write reaches the store: what others do in between. */
  beforeWrite: () => void = () => {};

  constructor(replicas: number) {
    this.#stored.create({ metadata: { uid: 'uid-1' }, spec: replicas === 0 ? {} : { replicas } });
  }

  get replicas(): number {
    return this.#stored.read().spec?.replicas ?? 0;
  }

  /** An unconditional write of another client. */
  set(replicas: number): void {
    this.#stored.replace({ metadata: { uid: 'uid-1' }, spec: replicas === 0 ? {} : { replicas } });
  }

  async readScale(): Promise<ScaleLike> {
    this.reads += 1;
    return this.#stored.read();
  }

  async replaceScale(_: unknown, body: ScaleLike): Promise<ScaleLike> {
    this.beforeWrite();
    this.writes += 1;
    return this.#stored.replace(body);
  }
}

type AutoscalerSpec = NonNullable<AutoscalerLike['spec']> & { maxReplicas: number };

/** A HorizontalPodAutoscaler: a merge patch leaves what it does not name. */
export class FakeAutoscaler implements AutoscalerApiLike {
  readonly #stored = new Stored<AutoscalerLike & { spec: AutoscalerSpec }>();

  constructor(spec: AutoscalerSpec) {
    this.#stored.create({ metadata: { uid: 'uid-1' }, spec });
  }

  get spec(): AutoscalerSpec {
    return this.#stored.read().spec;
  }

  /** An unconditional write of another client. */
  set(spec: AutoscalerSpec): void {
    this.#stored.replace({ metadata: { uid: 'uid-1' }, spec });
  }

  async readAutoscaler(): Promise<AutoscalerLike> {
    return this.#stored.read();
  }

  async patchAutoscaler(_: unknown, patch: AutoscalerLike): Promise<AutoscalerLike> {
    const { metadata, spec } = this.#stored.read();
    return this.#stored.replace({
      metadata: { ...metadata, ...patch.metadata },
      spec: { ...spec, ...patch.spec },
    });
  }
}

/** A Lease; `down` makes every request fail. */
export class FakeLease implements LeaseApiLike {
  readonly #stored = new Stored<LeaseLike>();
  down = false;

  get lease(): LeaseLike {
    return this.#stored.read();
  }

  make(lease: LeaseLike): void {
    this.#stored.create(lease);
  }

  readLease = async (): Promise<LeaseLike> => this.#answer(() => this.#stored.read());
  createLease = async (body: LeaseLike): Promise<LeaseLike> => this.#answer(() => this.#stored.create(body));
  replaceLease = async (body: LeaseLike): Promise<LeaseLike> =>
    this.#answer(() => this.#stored.replace(body));

  #answer(operation: () => LeaseLike): LeaseLike {
    if (this.down) throw new Error('connect ECONNREFUSED');
    return operation();
  }
}
