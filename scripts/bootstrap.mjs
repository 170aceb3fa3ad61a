#!/usr/bin/env node
// Makes a fresh clone ready: node modules, and on request Debian's RabbitMQ, promtool and Redis. Runs before them, so it
// uses nothing but Node >= 20. Idempotent, and silent when there is nothing to do.
//   node scripts/bootstrap.mjs            node modules
//   node scripts/bootstrap.mjs broker     and some broker to run on (AMQP_URL, Docker, or RabbitMQ)
//   node scripts/bootstrap.mjs rabbitmq   and RabbitMQ itself, which the tests kill and restart
//   node scripts/bootstrap.mjs promtool   and promtool, which the tests of alerts run
//   node scripts/bootstrap.mjs chromium   and Chromium, which the tests of the board open
//   node scripts/bootstrap.mjs redis      and Redis, which the tests of transactions kill and restart
//   node scripts/bootstrap.mjs luajit     and LuaJIT, which runs the script of Fluent Bit in the tests
//   node scripts/bootstrap.mjs exporter   and the node exporter, which the pictures of dashboards read
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');

const say = (text) => process.stderr.write(`bootstrap: ${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

function run(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0)
    fail(`'${[command, ...args].join(' ')}' ended with ${result.status ?? result.signal}`);
}

const answers = (command, args) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;

function requireNode(major) {
  if (Number(process.versions.node.split('.')[0]) < major)
    fail(
      `Node ${process.versions.node} is too old: install Node >= ${major} (any one will do; the project brings its own 24)`,
    );
}

/** Path -> package, as the lock file names them or as npm has installed them; none where the file does not parse. */
function packagesOf(path) {
  try {
    const { '': _, ...packages } = JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
    return packages;
  } catch {
    return {};
  }
}

/** Whether npm has installed what the lock file names, and nothing else; packages of other systems are optional. */
function areModulesInstalled() {
  // The last thing that npm writes.
  const record = 'node_modules/.package-lock.json';
  if (![record, 'node_modules/.bin/node'].every((path) => existsSync(join(root, path)))) return false;
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf(record);
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, { version, integrity, optional }]) =>
      path in installed
        ? installed[path].version === version && installed[path].integrity === integrity
        : optional,
    )
  );
}

function installModules() {
  if (areModulesInstalled()) return;
  say('installing node modules (about half a minute, once)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

const rabbitmqInstalled = () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server');

/** @returns the prefix that makes a command run as root, or undefined where it may not. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return answers('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

let updated = false;

/** @param alternative What also serves, after the command that installs it */
function installDebian(name, packageName, alternative) {
  const prefix = rootPrefix();
  if (!existsSync('/usr/bin/apt-get') || prefix === undefined)
    fail(
      `${name} is needed and cannot be installed from here. On Debian or Ubuntu: apt-get install ${packageName}${alternative}`,
    );
  say(`installing Debian's ${packageName}`);
  const apt = (...args) => {
    const [command, ...rest] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'RUNLEVEL=1',
      'apt-get',
      '-qq',
      ...args,
    ];
    run(command, rest);
  };
  if (!updated) apt('update');
  updated = true;
  apt('install', '-y', '--no-install-recommends', packageName);
}

function installRabbitmq(alternative) {
  if (!rabbitmqInstalled()) installDebian('RabbitMQ', 'rabbitmq-server', alternative);
}

function installPromtool() {
  if (!answers('promtool', ['--version']))
    installDebian('promtool', 'prometheus', '; elsewhere: a release of Prometheus has it');
}

function installRedis() {
  if (!existsSync('/usr/bin/redis-server')) installDebian('Redis', 'redis-server', '');
}

function installLuajit() {
  if (!answers('luajit', ['-v'])) installDebian('LuaJIT', 'luajit', '');
}

function installNodeExporter() {
  if (!existsSync('/usr/bin/prometheus-node-exporter'))
    installDebian('the node exporter', 'prometheus-node-exporter', '');
}

/** With a font for the languages that Debian's own fonts do not write. */
function installChromium() {
  if (!answers('chromium', ['--version'])) installDebian('Chromium', 'chromium', '');
  if (!existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'))
    installDebian('a font for Korean', 'fonts-noto-cjk', '');
}

function provideBroker() {
  if (process.env.AMQP_URL || answers('docker', ['info'])) return;
  installRabbitmq('; or start a Docker engine; or set AMQP_URL to a LavinMQ or RabbitMQ of yours');
}

requireNode(20);
installModules();
if (process.argv.includes('broker')) provideBroker();
if (process.argv.includes('rabbitmq')) installRabbitmq('');
if (process.argv.includes('promtool')) installPromtool();
if (process.argv.includes('chromium')) installChromium();
if (process.argv.includes('redis')) installRedis();
if (process.argv.includes('luajit')) installLuajit();
if (process.argv.includes('exporter')) installNodeExporter();
