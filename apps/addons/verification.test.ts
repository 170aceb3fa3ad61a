import { describe, expect, it } from 'vitest';
import { local, production, systemIn } from '../testing/desired-state.ts';
import { addonsOf, catalog } from './catalog.ts';

/** Every way that the charts' values have of not looking at a certificate. */
const UNVERIFIED =
  /verify"?\s*[:=]?\s*"?(?:off|false|no)\b|insecure|skip[-_]?(?:tls|verify|ssl)|rejectUnauthorized|ssl_?verif\w*"?\s*[:=]\s*"?(?:false|none)/i;

/** Why it is so, where it is: a place more needs a line more. */
const REASONS: Readonly<Record<string, string>> = {
  // The server's own word for plain HTTP.
  'local argo-cd': 'the ingress controller speaks TLS; within the cluster a NetworkPolicy says who connects',
  'production argo-cd': 'the same',
  'local metrics-server': 'kubelets of kind and k3s sign their own certificates',
};

describe('what an addon speaks to over TLS', () => {
  it('is verified, but where a reason is given', () => {
    const found = Object.entries({ local, production }).flatMap(([name, environment]) =>
      addonsOf(environment)
        .filter(({ values }) => UNVERIFIED.test(JSON.stringify(values(environment, systemIn(environment)))))
        .map((addon) => `${name} ${addon.name}`),
    );
    expect(found.sort()).toEqual(Object.keys(REASONS).sort());
  });

  it.each([
    'tls.verify Off',
    'tls.verify=off',
    '"verify": false',
    'insecureSkipVerify: true',
    '--kubelet-insecure-tls',
  ])('would be found: %s', (text) => expect(text).toMatch(UNVERIFIED));
});

it('Elasticsearch is known by the authority of its operator and by its name', () => {
  const values = catalog['fluent-bit'].values(production, systemIn(production)) as {
    readonly config: { readonly outputs: string };
    readonly extraVolumes: readonly {
      readonly name: string;
      readonly configMap: { readonly name: string };
    }[];
    readonly extraVolumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  };
  const option = (name: string): string | undefined =>
    new RegExp(`^ +${name} (.+)$`, 'm').exec(values.config.outputs)?.[1];
  expect([option('tls'), option('tls\\.verify'), option('tls\\.verify_hostname')]).toEqual([
    'On',
    'On',
    'On',
  ]);
  const [mount] = values.extraVolumeMounts;
  const [volume] = values.extraVolumes;
  expect(volume?.name).toBe(mount?.name);
  const file = option('tls\\.ca_file') ?? '';
  expect(file.startsWith(`${mount?.mountPath}/`)).toBe(true);
  expect(volume?.configMap.name).toBe('elasticsearch-authority');
  expect(file.split('/').at(-1)).toBe('ca.crt');
});
