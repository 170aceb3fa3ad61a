#!/usr/bin/env node
/** `sluice`. */
import { enableCompileCache } from 'node:module';

// Half of a call's time is compiling. What is imported before this line is compiled anew each time.
enableCompileCache();
const { runSluice } = await import('./command-line.ts');
await runSluice(process.argv.slice(2));
