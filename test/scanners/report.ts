/** The committed page: what each scanner said, in a form that changes only when a verdict does. */
import type { Finding, Sorted } from './findings.ts';
import type { Scores } from './scanners.ts';

export interface Scanned {
  readonly environment: string;
  readonly sorted: Sorted;
  readonly points: Scores['points'];
}

const scanners = ['kube-score', 'kubeconform', 'kubesec', 'trivy'];

/** A Job that is named after its content has another name with each content. */
const steady = (object: string): string => object.replace(/-[0-9a-f]{10}$/, '-HASH');

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n');

const unique = (list: readonly string[]): string[] => [...new Set(list)].sort();

function summary(scanned: readonly Scanned[]): string {
  const count = (list: readonly Finding[], scanner: string) =>
    list.filter((one) => one.scanner === scanner).length;
  const rows = scanned.flatMap(({ environment, sorted: { open, waived } }) =>
    scanners.map((scanner) => {
      const excused = waived.flatMap(({ findings }) => findings);
      return row(environment, scanner, count(open, scanner), count(excused, scanner));
    }),
  );
  return table(['environment', 'scanner', 'findings', 'waived'], rows);
}

function waived(scanned: readonly Scanned[]): string {
  const rows = (scanned[0]?.sorted.waived ?? []).map(({ waiver }) => {
    const findings = scanned.flatMap(({ sorted }) =>
      sorted.waived.filter((each) => each.waiver === waiver).flatMap((each) => each.findings),
    );
    const objects = unique(findings.map(({ object }) => steady(object)));
    const severities = unique(findings.map(({ severity }) => severity));
    return row(waiver.scanner, waiver.check, severities.join(', '), objects.join(', '), waiver.reason);
  });
  return table(['scanner', 'check', 'severity', 'objects', 'why they are right as they are'], rows);
}

function points(scanned: readonly Scanned[]): string {
  const rows = scanned.flatMap((one) =>
    one.points.map(({ object, points: reached }) => row(one.environment, steady(object), reached)),
  );
  return table(['environment', 'pod of', 'points'], rows);
}

export const reportOf = (scanned: readonly Scanned[]): string => `# Scores

What other people's rules say of \`dist/\`. A test runs the scanners and compares with this page;
\`npm run test:cluster -- scores -u\` writes it anew.

- **kube-score** (with its optional checks of ports, seccomp, and memory and disk requests that equal limits): criticals and warnings both count.
- **kubeconform**, strict, against schemas generated from the running API server and its custom resources, so no schema is a guess. The server's own dry run of the same files is stricter still: it also defaults, validates and admits.
- **kubesec** scores pods: every point is a measure taken; a critical finding takes points away.
- **trivy**: its built-in checks of Kubernetes manifests.

A finding is fixed or waived with a reason, below; a waiver that covers nothing any more fails the test.

## Findings

${summary(scanned)}

## Points by kubesec

${points(scanned)}

## Waivers

${waived(scanned)}
`;
