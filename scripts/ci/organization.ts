#!/usr/bin/env node
/** `node scripts/ci/organization.ts registry|registry-host`: what workflows need of environments/organization.ts. */
import { organization } from '../../environments/organization.ts';

const { registry } = organization;

/** What a workflow may ask for. */
const values: Readonly<Record<string, string>> = {
  registry,
  // What `docker login` signs in to.
  'registry-host': registry.slice(0, registry.indexOf('/')),
};

const [name = ''] = process.argv.slice(2);
const value = Object.hasOwn(values, name) ? values[name] : undefined;
if (value === undefined) {
  process.stderr.write(`organization: 'name' (${name}) must be one of: ${Object.keys(values).join(', ')}\n`);
  process.exitCode = 2;
} else process.stdout.write(`${value}\n`);
