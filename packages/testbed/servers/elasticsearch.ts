import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@sluice/runtime/processes';
import { ensureElasticsearch } from '../lib/elasticsearch.ts';
import { OwnServer } from './own-server.ts';

const JAVA = ['-Xms256m', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** A node of a cluster of several: its name, and the ports by which nodes speak to each other. */
export interface ClusterNode {
  /** `first` makes the cluster; the others join it. */
  readonly name: string;
  readonly port: number;
  /** The port of `first`. */
  readonly first: number;
}

/**
 * Starts one node of Elasticsearch on a free port with its own data.
 * @param node Its place in a cluster. @default it is alone
 * @throws Error with the end of its log
 */
export async function startElasticsearch(node?: ClusterNode): Promise<OwnServer> {
  const place = node === undefined ? [] : ['127.0.0.1', node.name, String(node.port), String(node.first)];
  const classPath = await ensureElasticsearch();
  const directory = mkdtempSync(join(tmpdir(), 'sluice-elasticsearch-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const health = `${url}/_cluster/health?wait_for_status=yellow&timeout=1s`;
  return OwnServer.start({
    ...{ name: 'Elasticsearch', url, directory, startSeconds: 90 },
    command: ['java', ...JAVA, '-cp', classPath, 'EmbeddedElasticsearch', directory, String(port), ...place],
    answers: async () => (await fetch(health).catch(() => undefined))?.ok === true,
  });
}
