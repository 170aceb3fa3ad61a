/** What depends on the version of a cluster, where it is not said. */
export interface Capabilities {
  /** An HPA may have a minimum of 0: the feature gate HPAScaleToZero, on by default from 1.37 on. */
  readonly scaleToZero: boolean;
  /** `behavior` may hold a tolerance: from 1.35 on. */
  readonly tolerance: boolean;
}

interface Versioned extends Partial<Capabilities> {
  readonly kubernetes?: string | undefined;
}

const SCALES_TO_ZERO = 37;
const TOLERATES = 35;

/** What was said of the gates counts before what the version has by default. */
export function capabilitiesOf({ kubernetes, scaleToZero, tolerance }: Versioned): Capabilities {
  const minor = kubernetes === undefined ? undefined : minorOf(kubernetes);
  return {
    scaleToZero: scaleToZero ?? (minor ?? 0) >= SCALES_TO_ZERO,
    tolerance: tolerance ?? (minor ?? TOLERATES) >= TOLERATES,
  };
}

/** What is wrong with a stated version of Kubernetes; empty where nothing is. */
export const kubernetesFaults = ({ kubernetes }: Versioned): readonly string[] =>
  kubernetes === undefined || minorOf(kubernetes) !== undefined
    ? []
    : [`'kubernetes' (${JSON.stringify(kubernetes)}) must be a version such as 1.36`];

/** '1.36', 'v1.36' and 'v1.36.3' are of minor 36. */
function minorOf(version: string): number | undefined {
  const [, minor] = /^v?1\.(\d{1,4})(?:\.\d{1,6})?$/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
