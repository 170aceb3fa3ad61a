export * from './sessions.ts';
export * from './sessions.ts';
