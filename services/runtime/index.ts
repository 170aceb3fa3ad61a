export * from './config.ts';
export * from './fields.ts';
export * from './http.ts';
export * from './job.ts';
export * from './log.ts';
export * from './metrics.ts';
export * from './run-main.ts';
export * from './stop.ts';
