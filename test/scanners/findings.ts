/** A finding of any of the linters about an object. */
export interface Finding {
  readonly scanner: string;
  /** The scanner's own name of the rule. */
  readonly check: string;
  /** The scanner's own word, in lower case. */
  readonly severity: string;
  /** KIND/NAMESPACE/NAME. */
  readonly object: string;
  readonly environment: string;
  readonly message: string;
}

export interface Waiver {
  readonly scanner: string;
  readonly check: string;
  /** KIND/NAMESPACE/NAME, or a pattern of it; a version's hash at the end of a name changes. */
  readonly objects: RegExp;
  /** Why the objects are right as they are. */
  readonly reason: string;
}

export interface Sorted {
  /** Findings that no waiver covers. */
  readonly open: readonly Finding[];
  /** Each waiver with what it covers. */
  readonly waived: readonly { readonly waiver: Waiver; readonly findings: readonly Finding[] }[];
  /** Waivers that cover nothing: what they excused is gone. */
  readonly idle: readonly Waiver[];
}

const covers = ({ scanner, check, objects }: Waiver, finding: Finding): boolean =>
  scanner === finding.scanner && check === finding.check && objects.test(finding.object);

export function sortFindings(findings: readonly Finding[], waivers: readonly Waiver[]): Sorted {
  const waived = waivers.map((waiver) => ({
    waiver,
    findings: findings.filter((finding) => covers(waiver, finding)),
  }));
  return {
    open: findings.filter((finding) => !waivers.some((waiver) => covers(waiver, finding))),
    waived,
    idle: waived.filter((each) => each.findings.length === 0).map(({ waiver }) => waiver),
  };
}

export const asLine = ({ scanner, check, severity, object, environment, message }: Finding): string =>
  `${scanner} ${check} (${severity}) ${environment} ${object}: ${message}`;
