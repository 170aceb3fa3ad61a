import { ensureElasticsearch } from '../../packages/testbed/lib/elasticsearch.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { elasticsearchExporter, ferretdb, redisExporter } from '../../packages/testbed/tools.ts';

/** Builds FerretDB and the exporters of Redis and Elasticsearch, and brings Elasticsearch, where they are not there yet. */
export async function setup(): Promise<void> {
  await ensureTool(ferretdb);
  await ensureTool(elasticsearchExporter);
  await ensureTool(redisExporter);
  await ensureElasticsearch();
}
