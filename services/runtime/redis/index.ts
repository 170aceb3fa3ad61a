export * from './batches.ts';
export * from './connection.ts';
export * from './durability.ts';
export * from './fields.ts';
export * from './options.ts';
export * from './queue-worker.ts';
export * from './transactions.ts';
export * from './writer-metrics.ts';
