// One image for both: the service, and a run that sends transactions to it.
await (process.env.MODE === 'load' ? import('./load-main.ts') : import('./serve-main.ts'));
