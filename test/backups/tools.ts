import { ensureElasticsearch } from '../../packages/testbed/lib/elasticsearch.ts';
import { ensureTools } from '../../packages/testbed/lib/tools.ts';
import { ferretdb, mongodump, mongorestore, versitygw } from '../../packages/testbed/tools.ts';

/** Builds the S3 server, FerretDB and MongoDB's tools, and brings Elasticsearch, where they are not there yet. */
export async function setup(): Promise<void> {
  await ensureTools([ferretdb, versitygw, mongodump, mongorestore]);
  await ensureElasticsearch();
}
