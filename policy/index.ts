export * from './backlog.ts';
export * from './compile/scaler-config.ts';
export * from './decision.ts';
export * from './policy.ts';
