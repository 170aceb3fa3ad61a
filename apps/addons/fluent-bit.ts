import { MASK_SECRETS, maskingScript } from '../../charts/log-redaction-lua.ts';
import { AUTHORITY_KEY } from '../../charts/pod.ts';
import {
  ELASTICSEARCH_STREAMS,
  ELASTICSEARCH_USERS,
  logRecords,
  logStoreAddresses,
} from '../../packages/contracts/log-store.ts';
import { ELASTICSEARCH_AUTHORITY } from '../platform/elasticsearch-endpoint.ts';
import { type Addon, OFF, type Resources, resources, type Switch, watched } from './addon.ts';
import { LOG_AGENTS } from './opentelemetry-collector.ts';

interface Values {
  readonly testFramework: Switch;
  readonly serviceMonitor: Switch;
  readonly resources: Resources;
  readonly env: readonly Variable[];
  readonly extraVolumes: readonly { readonly name: string; readonly configMap: { readonly name: string } }[];
  readonly extraVolumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly: true;
  }[];
  /** Name of a file below /fluent-bit/scripts -> its script. The chart takes each as a template of its own. */
  readonly luaScripts: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<'service' | 'inputs' | 'filters' | 'outputs', string>>;
}

interface Variable {
  readonly name: string;
  readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** The Secret with the password of Elasticsearch's user `fluent-bit`. */
const ELASTICSEARCH = 'fluent-bit-elasticsearch';
const USER = ELASTICSEARCH_USERS.writer.name;
const { namespace, service, port } = logStoreAddresses.elasticsearch;
const { line } = logRecords.elasticsearch;
const SCRIPT = 'mask-secrets.lua';
/** Fields that a record has from inputs and filters, and not from its line. */
const WRITTEN_BY_AGENT = [line.stream, line.position, line.pod.replace(/\..*/, '')];
const CA_VOLUME = 'elasticsearch-ca';
const CA_DIRECTORY = '/fluent-bit/elasticsearch';

/** Sends the log lines of pods to Elasticsearch, for full-text search. */
export const fluentBit: Addon<Values> = {
  name: 'fluent-bit',
  namespace: LOG_AGENTS,
  stage: 'platform',
  needs: ['eck-operator'],
  secrets: [{ secretName: ELASTICSEARCH, keys: { password: USER } }],
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
    extraVolumes: [{ name: CA_VOLUME, configMap: { name: ELASTICSEARCH_AUTHORITY } }],
    extraVolumeMounts: [{ name: CA_VOLUME, mountPath: CA_DIRECTORY, readOnly: true }],
    luaScripts: { [SCRIPT]: maskingScript(line.message, WRITTEN_BY_AGENT) },
    config: { service: SERVICE, inputs: INPUT, filters: FILTERS, outputs: OUTPUT },
  }),
};

/** Some 64 MB on the node for what is not yet sent (32 chunks of 2 MB); then the reading pauses, and no chunk is dropped. */
const SERVICE = `[SERVICE]
    Daemon Off
    Flush 1
    Log_Level warn
    Parsers_File /fluent-bit/etc/parsers.conf
    HTTP_Server On
    HTTP_Listen 0.0.0.0
    HTTP_Port 2020
    Health_Check On
    storage.path /var/log/fluent-bit-storage
    storage.sync normal
    storage.max_chunks_up 32
    storage.backlog.mem_limit 16M
`;

const INPUT = `[INPUT]
    Name tail
    Path /var/log/containers/*.log
    multiline.parser cri
    Tag kube.*
    DB /var/log/fluent-bit.db
    Offset_Key ${line.position}
    Read_from_Head On
    Mem_Buf_Limit 16MB
    Skip_Long_Lines On
    storage.type filesystem
    storage.pause_on_chunks_overlimit On
`;

/**
 * Who wrote a line, and its fields where it is JSON; its text is the field of the contract whatever it was called. The
 * masking is the last: what comes after it could bring secrets in.
 */
const FILTERS = `[FILTER]
    Name kubernetes
    Match kube.*
    Merge_Log On
    Keep_Log On
    Labels Off
    Annotations Off

[FILTER]
    Name modify
    Match kube.*
    Rename msg ${line.message}
    Rename log ${line.message}
    Remove log

[FILTER]
    Name lua
    Match kube.*
    script /fluent-bit/scripts/${SCRIPT}
    call ${MASK_SECRETS}
    protected_mode On
`;

/** A record's identity is its content, so that one which is sent again is refused as there already. */
const OUTPUT = `[OUTPUT]
    Name es
    Match kube.*
    Host ${service}.${namespace}.svc
    Port ${port}
    HTTP_User ${USER}
    HTTP_Passwd \${ELASTICSEARCH_PASSWORD}
    tls On
    tls.verify On
    tls.verify_hostname On
    tls.ca_file ${CA_DIRECTORY}/${AUTHORITY_KEY}
    Suppress_Type_Name On
    Index ${ELASTICSEARCH_STREAMS.lines}
    Write_Operation create
    Generate_ID On
    Time_Key ${line.time}
    Time_Key_Nanos On
    Trace_Error On
    Retry_Limit no_limits
`;
