import { once } from 'node:events';
import { hostname } from 'node:os';
import { LONGEST_TIMER_MS, runMain } from '@sluice/runtime';
import { environment, type Settings, settingsOf } from './config.ts';
import { startScaler } from './start.ts';

/** The longest stop: a write in flight, local processes with their own grace, and the release of the Lease. */
const STOP_MARGIN_SECONDS = 15;

let read: Settings | undefined;
/** The file is read once: what is decided with is what the deadline was taken from. */
const settings = (config: Parameters<typeof settingsOf>[0]): Settings => {
  read ??= settingsOf(config);
  return read;
};

await runMain({
  service: 'scaler',
  schema: environment,
  stopSeconds: (config) =>
    Math.min(STOP_MARGIN_SECONDS + longestGrace(settings(config)), LONGEST_TIMER_MS / 1000),
  run: async ({ config, log, registry, stop, serve }) => {
    const { file, lease } = settings(config);
    const instance = config.POD_NAME ?? hostname();
    await serve();
    const running = await startScaler({ config: file, instance, log, registry, ...(lease && { lease }) });
    log.info({ workloads: file.workloads.length, pollSeconds: file.pollSeconds }, 'started');
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await running.stop();
    log.info('stopped');
    return 0;
  },
});

function longestGrace({ file }: Settings): number {
  const graces = file.workloads.map(({ target }) => (target.kind === 'process' ? target.graceSeconds : 0));
  return Math.max(0, ...graces);
}
