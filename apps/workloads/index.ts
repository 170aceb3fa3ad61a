import { apiApplication } from '../api.ts';
import type { Application } from '../application.ts';
import { consumerApplication } from '../consumer.ts';
import { publisherApplication } from '../publisher.ts';

/** The work itself. Adding a workload is a file here and a line in this list; taking both away takes all of it away. */
export const workloads: readonly Application[] = [publisherApplication, consumerApplication, apiApplication];
