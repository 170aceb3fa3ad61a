export * from './free-port.ts';
export * from './owned.ts';
