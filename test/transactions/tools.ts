import { ensureElasticsearch } from '../../packages/testbed/lib/elasticsearch.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { elasticsearchExporter, ferretdb } from '../../packages/testbed/tools.ts';

/** Builds FerretDB and the exporter of Elasticsearch, and brings Elasticsearch, where they are not there yet. */
export async function setup(): Promise<void> {
  await ensureTool(ferretdb);
  await ensureTool(elasticsearchExporter);
  await ensureElasticsearch();
}
