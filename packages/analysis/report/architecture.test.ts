import { latch } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { architectureOf } from './architecture.ts';

const pods = (name: string) => ({ name, namespace: name, component: 'worker' }) as const;
const delivered = (name: string, parent: string, namespace = name) => ({ name, parent, namespace });

const policy = latch({ replicas: 4, startWhen: { readyAtLeast: 10 } });
const target = { kind: 'deployment', namespace: 'mail', name: 'mail' } as const;

const picture = architectureOf({
  ...{ environment: 'here', broker: 'broker', scaler: 'scaler', monitoring: 'monitoring' },
  applications: [
    delivered('traefik', 'addons'),
    delivered('broker', 'infra-workloads'),
    delivered('monitoring', 'infra-workloads'),
    delivered('mail', 'workloads'),
    delivered('web', 'workloads'),
  ],
  system: {
    connections: [
      { from: pods('mail'), to: pods('broker'), port: 5672 },
      { from: pods('mail'), to: { cidr: '10.0.0.0/8' }, port: 443 },
      { from: { namespace: 'monitoring', podLabels: { app: 'prometheus' } }, to: pods('mail'), port: 8080 },
      { from: { namespace: 'traefik', podLabels: { app: 'traefik' } }, to: pods('web'), port: 8080 },
      { from: { namespace: 'traefik', podLabels: { app: 'traefik' } }, to: pods('traefik'), port: 8080 },
    ],
    brokerUsers: [
      { name: 'web', publishes: ['letters "A"'] },
      { name: 'mail', consumes: ['letters'] },
    ],
    scaled: [{ scaler: 'own', workload: { name: 'letters', source: { kind: 'clock' }, target, policy } }],
  },
});

describe('the picture of an environment', () => {
  it('groups the applications by what delivers them, without addons and what has no pods of its own', () => {
    expect(picture).toContain('  subgraph infra-workloads\n    broker\n  end');
    expect(picture).toContain('  subgraph workloads\n    mail; web\n  end');
    expect(picture).not.toContain('subgraph addons');
  });

  it('shows which queue each takes from and who scales it to what', () => {
    expect(picture).toContain('  broker -- "letters" --> mail');
    expect(picture).toContain('  web -- "letters #quot;A#quot;" --> broker');
    expect(picture).toContain('  scaler == "0 to 4 replicas" ==> mail');
  });

  it('draws what one source reaches by the same arrow on one line', () => {
    expect(picture).toContain('  argocd --> infra-workloads & workloads\n');
  });

  it('shows each remaining connection between shown pods once', () => {
    expect(picture.split('\n').filter((line) => line.includes('mail') && line.includes('broker'))).toEqual([
      '  broker -- "letters" --> mail',
    ]);
    expect(picture).toContain('  prometheus["Prometheus"] -.-> mail');
    expect(picture).toContain('  traefik --> web');
    expect(picture).not.toContain('--> traefik');
  });
});
