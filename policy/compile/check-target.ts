import { type Checker, type Fields, isRecord } from '../faults.ts';

export function checkTarget(target: Fields, checker: Checker): void {
  checker.oneOf(target, 'kind', ['deployment', 'hpa', 'process']);
  if (target.kind === 'deployment' || target.kind === 'hpa') checkObject(target, checker);
  if (target.kind === 'process') checkProcess(target, checker);
}

function checkObject(target: Fields, checker: Checker): void {
  checker.onlyKeys(target, ['kind', 'namespace', 'name']);
  for (const key of ['namespace', 'name']) {
    const value = checker.text(target, key);
    if (value !== undefined && !isDnsName(value)) {
      checker.fault(key, value, 'must be a Kubernetes name: a-z, 0-9, - and .');
    }
  }
}

const isDnsName = (value: string): boolean =>
  value.length <= 253 && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(value);

function checkProcess(target: Fields, checker: Checker): void {
  checker.onlyKeys(target, ['kind', 'command', 'env', 'graceSeconds']);
  checker.number(target, 'graceSeconds', { min: 0 });
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
