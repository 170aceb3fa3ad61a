/** The committed page: what each judge said, in a form that changes only when a verdict does. */
import type { Finding, Sorted } from './findings.ts';
import type { Scores } from './scanners.ts';

export interface Judged {
  readonly environment: string;
  readonly sorted: Sorted;
  readonly points: Scores['points'];
}

const judges = ['kube-score', 'kubeconform', 'kubesec', 'trivy'];

/** A Job that is named after its content has another name with each content. */
const steady = (object: string): string => object.replace(/-[0-9a-f]{10}$/, '-HASH');

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n');

const unique = (list: readonly string[]): string[] => [...new Set(list)].sort();

function summary(judged: readonly Judged[]): string {
  const count = (list: readonly Finding[], judge: string) => list.filter((one) => one.judge === judge).length;
  const rows = judged.flatMap(({ environment, sorted: { open, waived } }) =>
    judges.map((judge) => {
      const excused = waived.flatMap(({ findings }) => findings);
      return row(environment, judge, count(open, judge), count(excused, judge));
    }),
  );
  return table(['environment', 'judge', 'findings', 'waived'], rows);
}

function waived(judged: readonly Judged[]): string {
  const rows = (judged[0]?.sorted.waived ?? []).map(({ waiver }) => {
    const findings = judged.flatMap(({ sorted }) =>
      sorted.waived.filter((each) => each.waiver === waiver).flatMap((each) => each.findings),
    );
    const objects = unique(findings.map(({ object }) => steady(object)));
    const severities = unique(findings.map(({ severity }) => severity));
    return row(waiver.judge, waiver.check, severities.join(', '), objects.join(', '), waiver.reason);
  });
  return table(['judge', 'check', 'severity', 'objects', 'why they are right as they are'], rows);
}

function points(judged: readonly Judged[]): string {
  const rows = judged.flatMap((one) =>
    one.points.map(({ object, points: reached }) => row(one.environment, steady(object), reached)),
  );
  return table(['environment', 'pod of', 'points'], rows);
}

export const reportOf = (judged: readonly Judged[]): string => `# Scores

What other people's rules say of \`dist/\`. A test runs the judges and compares with this page;
\`npm run test:cluster -- scores -u\` writes it anew.

- **kube-score** (with its optional checks of ports, seccomp, and memory and disk requests that equal limits): criticals and warnings both count.
- **kubeconform**, strict, against schemas generated from the running API server and its custom resources, so no schema is a guess. The server's own dry run of the same files is stricter still: it also defaults, validates and admits.
- **kubesec** scores pods: every point is a measure taken; a critical finding takes points away.
- **trivy**: its built-in checks of Kubernetes manifests.

A finding is mended or waived with a reason, below; a waiver that covers nothing any more fails the test.

## Findings

${summary(judged)}

## Points by kubesec

${points(judged)}

## Waivers

${waived(judged)}
`;
