import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@sluice/runtime';
import fc from 'fast-check';
import { workQueue } from '../../../../charts/queue-topology.ts';
import { resourcesOf } from '../../../../services/topology/resources.ts';
import { readTopologyFile, type Topology } from '../../../../services/topology/topology.ts';
import { jsonOf, mutated, mutatedData } from '../mutate.ts';
import { firstOf, unless, wrongNumber } from '../oracles.ts';
import { CANARY, parsing, subject } from '../subject.ts';

const passwordFiles = { publisher: '/run/publisher', consumer: '/run/consumer', scaler: '/run/scaler' };
const files = fc
  .constantFrom('jobs', 'a b', 'é/ü')
  .map((queue) => workQueue({ queue, retrySeconds: 30, passwordFiles }))
  .map((file) => ({ ...file, users: file.users.map((user) => ({ ...user })) }));
const secret = files.map((file) => ({ ...file, users: [{ ...file.users[0], password: CANARY }] }));

const inputs = fc.oneof(
  { weight: 5, arbitrary: mutatedData(files).map((data) => jsonOf(data)) },
  { weight: 2, arbitrary: mutatedData(secret).map((data) => jsonOf(data)) },
  { weight: 2, arbitrary: mutated(files.map((data) => JSON.stringify(data))) },
  { weight: 1, arbitrary: mutated(secret.map((data) => JSON.stringify(data))) },
);

const directory = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'topology.json');

/** TOPOLOGY_FILE, and the paths below the management API that become of it. */
export const topologyFile = subject<string, Topology>({
  name: 'topology file',
  inputs,
  parse: (text) =>
    parsing(() => {
      writeFileSync(file, text);
      return readTopologyFile(file);
    }, ConfigError),
  nonsense: (topology) =>
    firstOf(
      wrongNumber(topology),
      ...namesIn(topology).map((name) =>
        firstOf(
          unless(name !== '' && Buffer.byteLength(name) <= 255, `a name of ${Buffer.byteLength(name)} bytes`),
          unless(name.isWellFormed(), 'a name that UTF-8 cannot say'),
        ),
      ),
      ...topology.bindings.map(({ routingKey }) =>
        unless(
          Buffer.byteLength(routingKey) <= 255,
          `a routing key of ${Buffer.byteLength(routingKey)} bytes`,
        ),
      ),
      ...pathsOf(topology).map((path) =>
        unless(new URL(`http://host/api/${path}`).pathname === `/api/${path}`, `'${path}' is another path`),
      ),
    ),
});

const namesIn = ({ vhost, exchanges, queues, bindings, policies, users }: Topology): string[] => [
  vhost,
  ...[...exchanges, ...queues, ...policies, ...users].map(({ name }) => name),
  ...bindings.flatMap(({ exchange, queue }) => [exchange, queue]),
];

/** Every path that would be asked for. */
function pathsOf(topology: Topology): string[] {
  const paths: string[] = [];
  const asked = async (path: string): Promise<void> => void paths.push(path);
  for (const resource of resourcesOf(topology, new Map(), { get: asked, put: asked, post: asked }))
    void resource.read();
  return paths;
}
