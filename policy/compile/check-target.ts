import { DNS_LABEL, DNS_NAME, isDnsLabel, isDnsName, MAX_TIMER_SECONDS } from '../bounds.ts';
import { type Checker, type Fields, isRecord } from '../faults.ts';

export function checkTarget(target: Fields, checker: Checker): void {
  checker.oneOf(target, 'kind', ['deployment', 'hpa', 'process']);
  if (target.kind === 'deployment' || target.kind === 'hpa') checkObject(target, checker);
  if (target.kind === 'process') checkProcess(target, checker);
}

function checkObject(target: Fields, checker: Checker): void {
  checker.onlyKeys(target, ['kind', 'namespace', 'name']);
  const namespace = checker.text(target, 'namespace');
  if (namespace !== undefined && !isDnsLabel(namespace)) checker.fault('namespace', namespace, DNS_LABEL);
  const name = checker.text(target, 'name');
  if (name !== undefined && !isDnsName(name)) checker.fault('name', name, DNS_NAME);
}

function checkProcess(target: Fields, checker: Checker): void {
  checker.onlyKeys(target, ['kind', 'command', 'env', 'graceSeconds']);
  checker.number(target, 'graceSeconds', { min: 0, limit: MAX_TIMER_SECONDS });
  const command = checker.list(target, 'command');
  if (Array.isArray(target.command) && command.length === 0) {
    checker.fault('command', command, 'must name a program');
  }
  command.forEach((word, index) => {
    if (typeof word !== 'string') checker.at('command').fault(index, word, 'must be a text');
  });
  const env = checker.record(target, 'env');
  if (isRecord(env)) checkEnv(env, checker.at('env'));
}

/** Values are not repeated: an environment may hold secrets. */
function checkEnv(env: Fields, checker: Checker): void {
  for (const [key, value] of Object.entries(env)) {
    if (typeof value !== 'string') checker.faults.push(`'${checker.path(key)}' must be a text`);
  }
}
