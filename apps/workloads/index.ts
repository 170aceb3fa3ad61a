import { apiApplication } from '../api.ts';
import type { Application } from '../application.ts';
import { publisherApplication } from '../publisher.ts';
import { consumer } from './consumer.ts';

/** The work itself. Adding a workload is a file here and a line in this list; taking both away takes all of it away. */
export const workloads: readonly Application[] = [publisherApplication, consumer, apiApplication];
