import type { DeclaredRequest, LogDeclaration } from '../packages/contracts/log-declaration.ts';
import { ELASTICSEARCH_STREAMS, ELASTICSEARCH_USERS, logRecords } from '../packages/contracts/log-store.ts';

/** What the content of Elasticsearch and Kibana depends on. */
export interface ContentProps {
  /** How long lines are kept: whole hours, '744h'. */
  readonly retention: string;
  /** Copies of each shard beside it: 0 with one node. */
  readonly replicas: number;
  /** Where snapshots go. @default there are none */
  readonly snapshots?: { readonly bucket: string; readonly keepDays: number } | undefined;
  /** The path of a user's password file. */
  readonly passwordFile: (user: string) => string;
}

const NAME = 'sluice-logs';
const PATTERN = 'logs-pods-*';
const REPOSITORY = 'sluice';
const SLM = 'sluice-logs-daily';
const { line, event } = logRecords.elasticsearch;

/**
 * All that stands on Elasticsearch and Kibana, in the order in which it must: users are the last of Elasticsearch, so
 * no agent can write a line before the template of its index is there.
 */
export const elasticsearchContent = (props: ContentProps): LogDeclaration => ({
  requests: [
    ...snapshotRequests(props),
    put(`life cycle ${NAME}`, `/_ilm/policy/${NAME}`, lifecycle(props)),
    put(`index template ${NAME}`, `/_index_template/${NAME}`, indexTemplate(props)),
    ...Object.entries(ROLES).map(([role, body]) => put(`role ${role}`, `/_security/role/${role}`, body)),
    ...Object.values(ELASTICSEARCH_USERS).map(({ name, role }) => ({
      ...put(`user ${name}`, `/_security/user/${name}`, { roles: [role] }),
      passwordFile: props.passwordFile(name),
    })),
    {
      ...{ what: 'saved objects', server: 'kibana', method: 'POST' },
      path: '/api/saved_objects/_import?overwrite=true',
      savedObjects: SAVED_OBJECTS.map((object) => ({ ...object })),
    },
  ],
});

const put = (what: string, path: string, body: Record<string, unknown>): DeclaredRequest => ({
  ...{ what, server: 'elasticsearch', method: 'PUT', path, body },
});

/** The repository and the policy of its snapshots: each night, and as long as they are kept. */
function snapshotRequests({ snapshots }: ContentProps): DeclaredRequest[] {
  if (snapshots === undefined) return [];
  const { bucket, keepDays } = snapshots;
  return [
    put(`snapshot repository ${REPOSITORY}`, `/_snapshot/${REPOSITORY}`, {
      ...{ type: 's3', settings: { bucket, base_path: 'elasticsearch' } },
    }),
    put(`snapshot policy ${SLM}`, `/_slm/policy/${SLM}`, {
      ...{ schedule: '0 30 1 * * ?', name: '<logs-{now/d}>', repository: REPOSITORY },
      config: { indices: [PATTERN], include_global_state: false },
      retention: { expire_after: `${keepDays}d`, min_count: 1, max_count: 2 * keepDays },
    }),
  ];
}

/** An index is closed at 1 GB or after a day, and deleted when its lines are old, not before a snapshot has them. */
const lifecycle = ({ retention, snapshots }: ContentProps): Record<string, unknown> => ({
  policy: {
    phases: {
      hot: { actions: { rollover: { max_primary_shard_size: '1gb', max_age: '1d' } } },
      delete: {
        min_age: retention,
        actions: {
          ...(snapshots !== undefined && { wait_for_snapshot: { policy: SLM } }),
          delete: {},
        },
      },
    },
  },
});

const keyword = { type: 'keyword', ignore_above: 1024 } as const;

/** Field -> its type; what a JSON line has besides is a keyword, whatever it looks like in the first line. */
const FIELDS: Readonly<Record<string, object>> = {
  [line.time]: { type: 'date_nanos' },
  [line.message]: { type: 'text' },
  [line.position]: { type: 'long' },
  ...Object.fromEntries(
    [line.namespace, line.pod, line.container, line.stream, line.level, line.node].map((name) => [
      name,
      keyword,
    ]),
  ),
  ...Object.fromEntries(Object.values(event).map((name) => [name, keyword])),
};

/** Dotted names -> nested properties, as a mapping has them. */
function properties(fields: Readonly<Record<string, object>>): Record<string, object> {
  const root: Record<string, object> = {};
  for (const [name, type] of Object.entries(fields)) {
    const path = name.split('.');
    const leaf = path.pop() ?? name;
    let level = root;
    for (const part of path) {
      const inner = (level[part] ?? { properties: {} }) as { properties: Record<string, object> };
      level[part] = inner;
      level = inner.properties;
    }
    level[leaf] = type;
  }
  return root;
}

const indexTemplate = ({ replicas }: ContentProps): Record<string, unknown> => ({
  index_patterns: [PATTERN],
  // Above the template that Elasticsearch brings for logs-*-*.
  priority: 500,
  data_stream: {},
  template: {
    settings: {
      ...{ 'index.lifecycle.name': NAME, 'index.number_of_shards': 1, 'index.number_of_replicas': replicas },
      ...{ 'index.codec': 'best_compression', 'index.mapping.total_fields.limit': 2000 },
    },
    mappings: {
      date_detection: false,
      dynamic_templates: ['string', 'long', 'double', 'boolean'].map((type) => ({
        [`${type}s`]: { match_mapping_type: type, mapping: keyword },
      })),
      properties: properties(FIELDS),
    },
  },
});

/** The writer adds and does neither read nor change; the reader reads; who looks by Kibana reads, and saves nothing. */
const ROLES: Readonly<Record<string, Record<string, unknown>>> = {
  [ELASTICSEARCH_USERS.writer.role]: {
    cluster: ['monitor'],
    indices: [{ names: [PATTERN], privileges: ['create_doc', 'auto_configure'] }],
  },
  [ELASTICSEARCH_USERS.reader.role]: {
    indices: [{ names: [PATTERN, 'logs-events-*'], privileges: ['read', 'view_index_metadata'] }],
  },
  [ELASTICSEARCH_USERS.viewer.role]: {
    indices: [{ names: [PATTERN, 'logs-events-*'], privileges: ['read', 'view_index_metadata'] }],
    applications: [
      {
        application: 'kibana-.kibana',
        privileges: ['feature_discover.read', 'feature_dashboard.read', 'feature_visualize.read'],
        resources: ['space:default'],
      },
    ],
  },
};

const DATA_VIEW = 'sluice-logs-pods';
const viewReference = {
  ...{ name: 'kibanaSavedObjectMeta.searchSourceJSON.index', type: 'index-pattern', id: DATA_VIEW },
};
const search = (id: string, title: string, query: string) => ({
  ...{ id, type: 'search', references: [viewReference] },
  attributes: {
    ...{ title, sort: [[line.time, 'desc']] },
    columns: [line.namespace, line.pod, line.container, line.level, line.message],
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({
        query: { query, language: 'kuery' },
        ...{ filter: [], indexRefName: viewReference.name },
      }),
    },
  },
});

/**
 * The data view of log lines, and the searches that begin with it.
 * @see https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-import
 */
export const SAVED_OBJECTS: readonly Record<string, unknown>[] = [
  {
    ...{ id: DATA_VIEW, type: 'index-pattern', references: [] },
    attributes: { title: ELASTICSEARCH_STREAMS.lines, name: 'Log lines of pods', timeFieldName: line.time },
  },
  search('sluice-log-errors', 'Error lines', `${line.level}: (error or fatal or critical or panic)`),
  search('sluice-log-lines', 'All lines', ''),
];
