/** `npm run bench [-- NAME ...]`: one JSON line a figure; exit code 1 when a target is missed. */
import type { Bench } from './figures.ts';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'publisher-throughput': async () => (await import('./publisher.ts')).publisherThroughput,
  'consumer-overhead': async () => (await import('./consumer.ts')).consumerOverhead,
  burst: async () => (await import('./burst.ts')).burst,
  'scaler-reaction': async () => (await import('./scaler-reaction.ts')).scalerReaction,
  'scaler-load': async () => (await import('./scaler-load.ts')).scalerLoad,
  'api-throughput': async () => (await import('./api-throughput.ts')).apiThroughput,
  'api-rollouts': async () => (await import('./api-rollouts.ts')).apiRollouts,
  'cold-start': async () => (await import('./cold-start.ts')).coldStart,
  'exporter-load': async () => (await import('./exporter-load.ts')).exporterLoad,
  collector: async () => (await import('./collector.ts')).collector,
  diff: async () => (await import('./diff.ts')).diffOfManyEnvironments,
  'log-reports': async () => (await import('./log-reports.ts')).logReports,
  policies: async () => (await import('./policies.ts')).policies,
  'synth-time': async () => (await import('./synth.ts')).synthTime,
  transactions: async () => (await import('./transactions.ts')).transactions,
  workers: async () => (await import('./workers.ts')).manyWorkers,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(`no bench '${unknown.join("', '")}'; there are: ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}

let missed = false;
for (const [name, load] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const figure of await (await load())()) {
    process.stdout.write(`${JSON.stringify(figure)}\n`);
    missed ||= !figure.ok;
  }
}
process.exitCode = missed ? 1 : 0;
