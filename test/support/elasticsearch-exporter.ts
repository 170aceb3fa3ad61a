import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@sluice/runtime/processes';
import { parse } from 'yaml';
import { bank, render, withTransactions } from '../../apps/testing/desired-state.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { elasticsearchExporter } from '../../packages/testbed/tools.ts';

const DEPLOYMENT = 'bank/elasticsearch-exporter/deployment-elasticsearch-exporter.transactions-index.yaml';

/**
 * Starts the exporter with the arguments of its rendered pod, but for its address and that of the index.
 * @param index Where a node of the index answers.
 * @throws Error with the end of its log
 */
export async function startElasticsearchExporter(index: string): Promise<OwnServer> {
  const { spec } = parse(render([bank], withTransactions).get(DEPLOYMENT) ?? '').spec.template;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = join(await ensureTool(elasticsearchExporter), 'elasticsearch_exporter');
  const args: string[] = spec.containers[0].args.map((one: string) =>
    one
      .replace(/^(--es\.uri)=.*/, `$1=${index}`)
      .replace(/^(--web\.listen-address)=.*/, `$1=127.0.0.1:${port}`),
  );
  return OwnServer.start({
    ...{ name: 'elasticsearch_exporter', url, startSeconds: 60 },
    directory: mkdtempSync(join(tmpdir(), 'sluice-elasticsearch-exporter-')),
    command: [program, ...args],
    answers: async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true,
  });
}
