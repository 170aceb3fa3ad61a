import { beforeAll, describe, expect, it } from 'vitest';
import { parsePromql } from '../../../packages/contracts/promql.ts';
import { faultsByFile, promtool } from './promtool.ts';
import { type AlertRule, alertRules, expressions, ruleFiles } from './rules.ts';
import { type Scenario, testFile } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { shippedAlerts } from './shipped.ts';
import { nameOf, written, writtenAlert, writtenGroup } from './written.ts';

const testOf = (rule: AlertRule, scenario: Scenario, name: string): string =>
  written(name, testFile(rule, scenario, writtenAlert(rule)));
const tested = alertRules.flatMap((rule) => {
  const scenario = scenarios[rule.name]?.(rule);
  return scenario ? [{ ...rule, path: testOf(rule, scenario, `${nameOf(rule.file)}-${rule.name}`) }] : [];
});

describe('every rule of Prometheus', () => {
  it.each(expressions)('$path: $name is PromQL', ({ expr }) => {
    expect(parsePromql(expr).faults).toEqual([]);
  });

  it('is one that Prometheus takes', async () => {
    const files = ruleFiles.flatMap((file) => file.groups.map((group) => writtenGroup(file, group)));
    const { ok, text } = await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...files);
    expect(text).toContain(`SUCCESS: `);
    expect(ok, text).toBe(true);
  });
});

describe('every alert', () => {
  let faults: ReadonlyMap<string, string> = new Map();

  beforeAll(async () => {
    const { text } = await promtool('test', 'rules', ...tested.map(({ path }) => path));
    faults = faultsByFile(text);
  });

  it('that is shipped has a scenario, and every scenario an alert', () => {
    expect(Object.keys(scenarios).sort()).toEqual([...shippedAlerts].sort());
  });

  it.each(tested)('$file.path: $name fires when it is wrong, not before, and resolves', ({ path }) => {
    expect(faults.get(path)).toBe('');
  });

  it('is distinguished from one that fires otherwise than its scenario says', async () => {
    const [rule] = alertRules;
    const scenario = rule && scenarios[rule.name]?.(rule);
    if (!rule || !scenario) throw new Error('there is no alert');
    const fires = scenario.fires.map((firing) => ({ ...firing, summary: 'Another text.' }));
    const path = testOf(rule, { ...scenario, fires }, 'otherwise');
    const { ok, text } = await promtool('test', 'rules', path);
    expect(ok).toBe(false);
    expect(faultsByFile(text).get(path)).toContain(`alertname: ${rule.name}`);
  });
});
