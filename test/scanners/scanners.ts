/** Each scanner over one folder of manifests: what it found, in one shape. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { run } from '../../packages/testbed/lib/run.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { podOf } from '../cluster/pods.ts';
import type { Finding } from './findings.ts';
import { fileTemplate } from './schemas.ts';
import { kubeconform, kubeScore, kubesec, trivyConfig } from './tools.ts';

/** Manifests to scanner: one environment of dist, or what stands in for it. */
export interface Case {
  readonly environment: string;
  readonly folder: string;
  /** Paths below the folder. */
  readonly files: readonly string[];
  /** Folder of the JSON Schemas of the API server's kinds. */
  readonly schemas: string;
  /** '1.36' */
  readonly kubernetes: string;
}

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** KIND/NAMESPACE/NAME; without the middle for what belongs to no namespace. */
const nameOf = (kind: string, namespace: string | undefined, name: string): string =>
  [kind, ...(namespace ? [namespace] : []), name].join('/');

function objectIn(folder: string, file: string): string {
  const { kind, metadata }: Named = parse(readFileSync(join(folder, file), 'utf8'));
  return nameOf(kind, metadata.namespace, metadata.name);
}

/** Its optional checks that agree with the charts' own rules. */
const optional = [
  'container-ports-check',
  'container-seccomp-profile',
  'container-memory-requests-equal-limits',
  'container-ephemeral-storage-request-equals-limit',
];

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string; readonly namespace?: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

export interface Verdict {
  /** Questions asked: checks of objects, or objects. */
  readonly asked: number;
  readonly findings: readonly Finding[];
}

/** Below 5 is critical, up to 5 a warning. @see https://github.com/zegl/kube-score */
export async function runKubeScore({ environment, folder, files, kubernetes }: Case): Promise<Verdict> {
  const bin = join(await ensureTool(kubeScore), 'kube-score');
  const asked = optional.flatMap((check) => ['--enable-optional-test', check]);
  const options = ['--output-format=json', `--kubernetes-version=v${kubernetes}`, ...asked];
  const { stdout } = await run([bin, 'score', ...options, ...files], { cwd: folder, check: false });
  const scored = JSON.parse(stdout) as readonly Scored[];
  const checks = scored.flatMap(({ type_meta, object_meta, checks: list }) =>
    list.filter(({ skipped }) => !skipped).map((each) => ({ type_meta, object_meta, ...each })),
  );
  const findings = checks
    .filter(({ grade }) => grade <= 5)
    .map(({ type_meta, object_meta, check, grade, comments }) => ({
      scanner: 'kube-score',
      check: check.id,
      severity: grade < 5 ? 'critical' : 'warning',
      object: nameOf(type_meta.kind, object_meta.namespace, object_meta.name),
      environment,
      message: (comments ?? []).map(({ path, summary }) => `${path} ${summary}`.trim()).join('; '),
    }));
  return { asked: checks.length, findings };
}

const schemaLocation = ({ schemas }: Case) => join(schemas, fileTemplate);

interface Conformed {
  readonly resources: readonly {
    readonly filename: string;
    readonly status: string;
    readonly msg: string;
  }[];
}

export async function runKubeconform(one: Case): Promise<Verdict> {
  const bin = join(await ensureTool(kubeconform), 'kubeconform');
  const options = ['-strict', '-output=json', '-verbose', `-schema-location=${schemaLocation(one)}`];
  const { stdout } = await run([bin, ...options, ...one.files], { cwd: one.folder, check: false });
  const { resources } = JSON.parse(stdout) as Conformed;
  const findings = resources
    .filter(({ status }) => status !== 'statusValid')
    .map(({ filename, status, msg }) => ({
      scanner: 'kubeconform',
      check: status,
      severity: 'critical',
      object: objectIn(one.folder, filename),
      environment: one.environment,
      message: msg,
    }));
  return { asked: resources.length, findings };
}

interface Failure {
  readonly check: string;
  readonly severity: string;
  readonly path: string;
  readonly message: string;
}

export async function runTrivy({ environment, folder }: Case): Promise<Verdict> {
  const bin = join(await ensureTool(trivyConfig), 'trivy-config');
  const { stdout, stderr } = await run([bin, folder]);
  const failures = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Failure);
  const findings = failures.map(({ check, severity, path, message }) => ({
    scanner: 'trivy',
    check,
    severity: severity.toLowerCase(),
    object: objectIn(folder, path),
    environment,
    message,
  }));
  const passed = Number(/^(\d+) checks passed/m.exec(stderr)?.[1]);
  return { asked: passed + failures.length, findings };
}

interface Sheet {
  readonly valid: boolean;
  readonly message: string;
  readonly score: number;
  readonly scoring: {
    readonly critical?: readonly {
      readonly id: string;
      readonly selector: string;
      readonly reason: string;
    }[];
  };
}

export interface Scores extends Verdict {
  /** Points of each object it knows how to score. */
  readonly points: readonly { readonly object: string; readonly points: number }[];
}

/** It knows few makers of pods but every pod, so each maker is scored by its pod. */
export async function runKubesec(one: Case): Promise<Scores> {
  const bin = join(await ensureTool(kubesec), 'kubesec');
  const scan = async (file: string, pod: KubernetesObject): Promise<Scores> => {
    const options = [`--schema-location=${schemaLocation(one)}`, '/dev/stdin'];
    const { stdout } = await run([bin, 'scan', ...options], { input: JSON.stringify(pod), check: false });
    const sheets = JSON.parse(stdout) as readonly Sheet[];
    return scoresOf(sheets, objectIn(one.folder, file), one.environment);
  };
  const makers = one.files.flatMap((file) => {
    const pod = podOf(parse(readFileSync(join(one.folder, file), 'utf8')));
    return pod === undefined ? [] : [{ file, pod }];
  });
  const all: Scores[] = [];
  for (const { file, pod } of makers) all.push(await scan(file, pod));
  return {
    asked: all.length,
    findings: all.flatMap(({ findings }) => findings),
    points: all.flatMap(({ points }) => points),
  };
}

function scoresOf(sheets: readonly Sheet[], object: string, environment: string): Scores {
  const about = { scanner: 'kubesec', severity: 'critical', object, environment };
  const findings = sheets.flatMap(({ valid, message, scoring }) =>
    valid
      ? (scoring.critical ?? []).map(({ id, reason }) => ({ ...about, check: id, message: reason }))
      : [{ ...about, check: 'valid', message }],
  );
  return { asked: sheets.length, findings, points: sheets.map(({ score }) => ({ object, points: score })) };
}
