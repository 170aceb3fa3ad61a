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
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `sluice_exporter_target_${name}`, help, labelNames: ['target'], registers });
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `sluice_exporter_${name}`, help, labelNames, registers });
  const up = gauge('up', '1 when the last fetch succeeded, else 0.');
  const duration = gauge('duration_seconds', 'How long the last fetch took.');
  const success = gauge('last_success_timestamp_seconds', 'When a fetch succeeded last, Unix time.');
  const series = gauge('series', 'Series in the last document.');
  const invalid = gauge('invalid_values', 'Values of the last document that could not be exposed.');
  const failures = counter('target_failures_total', 'Fetches that failed.', ['target', 'reason']);
  const restarts = counter('target_restarts_total', 'Documents with a counter that started again.', [
    'target',
  ]);
  const probes = counter('probes_total', 'Requests to /probe.', ['result']);
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
