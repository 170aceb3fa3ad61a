import type { Registry } from '@sluice/runtime';
import { Counter, Gauge } from 'prom-client';
import type { Outcome } from './target.ts';

/** What the exporter says of its own work. */
export interface ExporterMetrics {
  fetched(target: string, outcome: Outcome): void;
  probed(result: ProbeResult): void;
}

export type ProbeResult = 'success' | 'failure' | 'refused';

export function exporterMetrics(registry: Registry): ExporterMetrics {
  const registers = [registry];
  // Names are written out, so that who reads one in an alert finds it here.
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['target'], registers });
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const up = gauge('sluice_exporter_target_up', '1 when the last fetch succeeded, else 0.');
  const duration = gauge('sluice_exporter_target_duration_seconds', 'How long the last fetch took.');
  const success = gauge(
    'sluice_exporter_target_last_success_timestamp_seconds',
    'When a fetch succeeded last, Unix time.',
  );
  const series = gauge('sluice_exporter_target_series', 'Series in the last document.');
  const invalid = gauge(
    'sluice_exporter_target_invalid_values',
    'Values of the last document that could not be exposed.',
  );
  const failures = counter('sluice_exporter_target_failures_total', 'Fetches that failed.', [
    'target',
    'reason',
  ]);
  const restarts = counter(
    'sluice_exporter_target_restarts_total',
    'Documents with a counter that started again.',
    ['target'],
  );
  const probes = counter('sluice_exporter_probes_total', 'Requests to /probe.', ['result']);
  return {
    fetched: (target, outcome) => {
      up.set({ target }, outcome.failure === undefined ? 1 : 0);
      duration.set({ target }, outcome.durationSeconds);
      if (outcome.failure !== undefined) {
        failures.inc({ target, reason: outcome.failure.reason });
        return;
      }
      success.setToCurrentTime({ target });
      series.set({ target }, outcome.series);
      invalid.set({ target }, outcome.invalid);
      restarts.inc({ target }, outcome.restarted ? 1 : 0);
    },
    probed: (result) => probes.inc({ result }),
  };
}
