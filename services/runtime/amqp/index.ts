export * from './alarm.ts';
export * from './backoff.ts';
export * from './metrics.ts';
export * from './sessions.ts';
export * from './target.ts';
