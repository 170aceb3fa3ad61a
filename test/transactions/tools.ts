import { ensureElasticsearch } from '../../packages/testbed/lib/elasticsearch.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { ferretdb } from '../../packages/testbed/tools.ts';

/** Builds FerretDB and brings Elasticsearch where they are not there yet. */
export async function setup(): Promise<void> {
  await ensureTool(ferretdb);
  await ensureElasticsearch();
}
