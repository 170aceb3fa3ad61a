export * from './batches.ts';
export * from './connection.ts';
export * from './connection.ts';
export * from './options.ts';
export * from './queue-worker.ts';
export * from './transactions.ts';
