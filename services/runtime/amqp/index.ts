export * from './sessions.ts';
export * from './target.ts';
