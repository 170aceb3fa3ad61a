import { describe, expect, it } from 'vitest';
import { jsonReport, markdownReport, textReport } from './report.ts';
import { compareFiles, compareYaml, object, workload } from './testing.ts';

const secret = (password: string): string =>
  object(
    'v1',
    'Secret',
    `stringData: {password: ${password}}`,
    `annotations: {last-applied: ${password}}, labels: {team: a${password.length}}`,
  );
const configMap = (value: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { text: value } });

describe('a report', () => {
  it.each([
    ['text', textReport],
    ['Markdown', markdownReport],
    ['JSON', jsonReport],
  ])('as %s holds nothing of a Secret but that it changes', (_, report) => {
    for (const difference of [
      compareYaml(secret('hunter2'), secret('correct-horse')),
      compareYaml('', secret('hunter2')),
      compareYaml(secret('correct-horse'), ''),
      compareYaml(object('v1', 'Secret', 'type: a'), object('v1', 'Secret', 'type: a, data: {x: hunter2}')),
    ]) {
      const printed = report(difference);
      expect(printed).toContain('Secret');
      expect(printed).not.toMatch(/hunter2|correct-horse/);
    }
    expect(report(compareYaml(secret('hunter2'), secret('correct-horse')))).toContain('(hidden)');
  });

  it('puts the worst first, and an object with its leaves below it', () => {
    const base = `${workload('Deployment', 'image: "a:1"', 'replicas: 1,')}\n---\n${object('v1', 'ServiceAccount', 'a: 1')}`;
    const head = workload('Deployment', 'image: "a:2"', 'replicas: 2,');
    expect(textReport(compareYaml(base, head))).toBe(
      [
        'base -> head: 2 objects change, at worst: prune',
        '',
        'local',
        '  prune              ServiceAccount shop/web  removed: Argo CD deletes it',
        '  scaling behaviour  Deployment shop/web      replicas of Deployment shop/web; rolling restart of Deployment shop/web',
        '                       spec.replicas: 1 -> 2',
        '                       spec.template.spec.containers[app].image: "a:1" -> "a:2"  (config)',
        '',
      ].join('\n'),
    );
  });

  it('names what is lost above everything that no longer works', () => {
    const claim = object('v1', 'PersistentVolumeClaim', 'spec: {accessModes: [ReadWriteOnce]}');
    const reader = workload(
      'Deployment',
      'image: "a:1"',
      '',
      'volumes: [{name: a, persistentVolumeClaim: {claimName: web}}],',
    );
    const report = markdownReport(compareYaml(`${reader}\n---\n${claim}`, reader));
    expect(report).toMatch(
      /### What is lost\n\n- PersistentVolumeClaim shop\/web: .*\n\n### What no longer works\n/,
    );
  });

  it('shows an element of a list that went as a whole, not its only field', () => {
    const policy = (peers: string): string =>
      object(
        'networking.k8s.io/v1',
        'NetworkPolicy',
        `spec: {podSelector: {}, ingress: [{from: [${peers}]}]}`,
      );
    const peer = (app: string): string => `{podSelector: {matchLabels: {app: ${app}}}}`;
    expect(textReport(compareYaml(policy(`${peer('a')}, ${peer('b')}`), policy(peer('a'))))).toMatch(
      /spec\.ingress\[0\]\.from\[\d\]: podSelector\.matchLabels\.app: "b" -> none/,
    );
  });

  it('shows what came as a whole in one line', () => {
    const head = workload('Deployment', 'image: "a:1", env: [{name: MODE, value: fast}]');
    expect(textReport(compareYaml(workload('Deployment', 'image: "a:1"'), head))).toContain(
      'spec.template.spec.containers[app].env: none -> [MODE].name: "MODE", [MODE].value: "fast"\n',
    );
  });

  it('shows the first line that differs in a long text', () => {
    const printed = textReport(compareYaml(configMap('a\nb\nc\n'), configMap('a\nB\nc\n')));
    expect(printed).toContain('data.text: line 2: "b" -> line 2: "B"');
  });

  it('lets no value move the cursor or turn the text around', () => {
    const printed = textReport(compareYaml(configMap('a'), configMap('\u001b[2J\u202e\u009b')));
    expect(printed).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('has a headline, a table an environment and folded details for a pull request', () => {
    const [one, two] = [1, 2].map((replicas) => workload('Deployment', 'image: a', `replicas: ${replicas},`));
    const printed = markdownReport(
      compareFiles({ 'local/a/a.yaml': one ?? '' }, { 'local/a/a.yaml': two ?? '' }),
    );
    expect(printed).toBe(
      [
        '## Desired state: 1 changed, at worst **scaling behaviour**',
        '',
        '`base` → `head`',
        '',
        '### local',
        '',
        '| consequence | object | why |',
        '| --- | --- | --- |',
        '| scaling behaviour | `Deployment shop/web` | replicas of Deployment shop/web |',
        '',
        '<details>',
        '<summary>local: Deployment shop/web (1)</summary>',
        '',
        '| field | before | after | consequence |',
        '| --- | --- | --- | --- |',
        '| `spec.replicas` | `1` | `2` | scaling behaviour |',
        '',
        '</details>',
        '',
      ].join('\n'),
    );
  });

  it('keeps values from becoming markup', () => {
    const printed = markdownReport(compareYaml(configMap('a'), configMap('a ``b`` | <b> @all')));
    expect(printed).toContain('| ``` "a ``b`` \\| <b> @all" ``` |');
  });

  it('fits into a comment, and says what does not', () => {
    const all = (value: string): string =>
      Array.from({ length: 900 }, (_, index) => configMap(value).replace('"web"', `"web-${index}"`)).join(
        '\n---\n',
      );
    const lost = object('v1', 'PersistentVolumeClaim', 'spec: {}');
    const printed = markdownReport(compareYaml(`${all('a')}\n---\n${lost}`, all('b')));
    expect(printed.length).toBeLessThan(65_536);
    expect(printed).toContain('| data loss | `PersistentVolumeClaim shop/web` |');
    const rows = printed.match(/^\| config \| `ConfigMap web-\d+` \|/gm)?.length ?? 0;
    expect(rows).toBeGreaterThan(400);
    expect(printed).toContain(`_${900 - rows} more objects do not fit here: ${900 - rows} config.`);
    expect(printed).toMatch(/_\d+ more parts do not fit here/);
  });

  it('says so when nothing changes', () => {
    const nothing = compareYaml(configMap('a'), configMap('a'));
    expect(textReport(nothing)).toBe('base -> head: nothing changes\n');
    expect(markdownReport(nothing)).toContain('nothing changes');
    expect(JSON.parse(jsonReport(nothing))).toMatchObject({ worst: null, changes: [] });
  });
});
