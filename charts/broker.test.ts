import { expect, it } from 'vitest';
import { brokerProbes } from './broker.ts';
import { flavorOf } from './broker-flavors.ts';

interface Probe {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  readonly timeoutSeconds?: number;
}

/** The longest time from the freeze to what the kubelet does: it may come just after a probe that passed. */
const noticedSeconds = ({ periodSeconds, failureThreshold, timeoutSeconds = 1 }: Probe): number =>
  periodSeconds * failureThreshold + timeoutSeconds;

it.each([
  ['lavinmq', false],
  ['lavinmq', true],
  ['rabbitmq', false],
  ['rabbitmq', true],
] as const)('a frozen %s (TLS: %s) is unready within 2 minutes, and restarted within 5', (kind, tls) => {
  const { readinessProbe, livenessProbe } = brokerProbes(flavorOf(kind, tls));
  expect(noticedSeconds(readinessProbe)).toBeLessThan(120);
  expect(noticedSeconds(livenessProbe)).toBeLessThan(300);
  // The kernel takes connections for a process that is frozen: only an answer from within counts.
  for (const probe of [readinessProbe, livenessProbe]) {
    expect(probe).not.toHaveProperty('tcpSocket');
    expect(probe.httpGet.path).toMatch(/^\//);
  }
});
