import { counter, gauge, type Registry } from '@sluice/runtime';
import { exporter } from '../../packages/contracts/metrics/catalogue.ts';
import type { Outcome } from './targets.ts';

/** The exporter's metrics of its own work. */
export interface ExporterMetrics {
  fetched(target: string, outcome: Outcome): void;
  probed(result: ProbeResult): void;
}

export type ProbeResult = (typeof exporter.probes.labels.result)[number];

/** Registers what the exporter says of its own work. */
export function exporterMetrics(registry: Registry): ExporterMetrics {
  const up = gauge(registry, exporter.up);
  const duration = gauge(registry, exporter.duration);
  const success = gauge(registry, exporter.lastSuccess);
  const series = gauge(registry, exporter.series);
  const invalid = gauge(registry, exporter.invalidValues);
  const failures = counter(registry, exporter.failures);
  const restarts = counter(registry, exporter.restarts);
  const probes = counter(registry, exporter.probes);
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
