import { logStoreAddresses } from '../../packages/contracts/log-store.ts';
import type { Addon } from './addon.ts';
import { LOG_AGENTS } from './opentelemetry-collector.ts';
import { OFF, type Resources, resources, type Switch, watched } from './values.ts';

interface Values {
  readonly testFramework: Switch;
  readonly serviceMonitor: Switch;
  readonly resources: Resources;
  readonly env: readonly Variable[];
  readonly extraVolumes: readonly SecretVolume[];
  readonly extraVolumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly: true;
  }[];
  readonly config: { readonly inputs: string; readonly outputs: string };
}

interface Variable {
  readonly name: string;
  readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface SecretVolume {
  readonly name: string;
  readonly secret: {
    readonly secretName: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
}

/** The Secret with the password of Elasticsearch's user `fluent-bit`, and the authority of its certificate. */
const ELASTICSEARCH = 'fluent-bit-elasticsearch';
/** The key of `logs-es-http-certs-public` in `elastic-system`, which pods of another namespace cannot mount. */
const CA_KEY = 'ca.crt';
const { namespace, service, port } = logStoreAddresses.elasticsearch;
const CA_VOLUME = 'elasticsearch-ca';
const CA_DIRECTORY = '/fluent-bit/elasticsearch';

/** Sends the log lines of pods to Elasticsearch, for full-text search. */
export const fluentBit: Addon<Values> = {
  name: 'fluent-bit',
  namespace: LOG_AGENTS,
  stage: 'platform',
  needs: ['eck-operator'],
  secrets: [
    {
      secretName: ELASTICSEARCH,
      keys: { password: 'fluent-bit', [CA_KEY]: 'elasticsearch-ca' },
      given: true,
    },
  ],
  values: (environment) => ({
    testFramework: OFF,
    serviceMonitor: watched(environment),
    resources: resources('50m', '128Mi'),
    env: [
      {
        name: 'ELASTICSEARCH_PASSWORD',
        valueFrom: { secretKeyRef: { name: ELASTICSEARCH, key: 'password' } },
      },
    ],
    extraVolumes: [
      {
        name: CA_VOLUME,
        secret: { secretName: ELASTICSEARCH, items: [{ key: CA_KEY, path: CA_KEY }] },
      },
    ],
    extraVolumeMounts: [{ name: CA_VOLUME, mountPath: CA_DIRECTORY, readOnly: true }],
    config: { inputs: INPUT, outputs: OUTPUT },
  }),
};

const INPUT = `[INPUT]
    Name tail
    Path /var/log/containers/*.log
    multiline.parser cri
    Tag kube.*
    DB /var/log/fluent-bit.db
    Mem_Buf_Limit 16MB
    Skip_Long_Lines On
`;

/** A line that the server refuses is tried for a while and dropped: the file it came from is Loki's as well. */
const OUTPUT = `[OUTPUT]
    Name es
    Match kube.*
    Host ${service}.${namespace}.svc
    Port ${port}
    HTTP_User fluent-bit
    HTTP_Passwd \${ELASTICSEARCH_PASSWORD}
    tls On
    tls.verify On
    tls.verify_hostname On
    tls.ca_file ${CA_DIRECTORY}/${CA_KEY}
    Suppress_Type_Name On
    Logstash_Format On
    Logstash_Prefix pods
    Replace_Dots On
    Retry_Limit 20
`;
