import type { DeclaredRequest, LogDeclaration } from '../packages/contracts/log-declaration.ts';

/** A user of the index, and what it does there. */
export interface IndexUser {
  readonly name: string;
  /** `statistics`: what the nodes and the indices report of themselves, and no document. */
  readonly access: 'read' | 'write' | 'statistics';
  /** It looks by Kibana, which gives it its pages. @default false */
  readonly page?: boolean;
}

/** What the content of the index's Elasticsearch and Kibana depends on. */
export interface IndexContentProps {
  /** The alias; its indices begin with it. */
  readonly alias: string;
  readonly users: readonly IndexUser[];
  /** Where snapshots go. @default there are none */
  readonly snapshots?: { readonly bucket: string; readonly keepDays: number } | undefined;
  /** The path of a user's password file. */
  readonly passwordFile: (user: string) => string;
}

const REPOSITORY = 'sluice';
const SLM = 'transactions-nightly';
const DATA_VIEW = 'sluice-transactions';

/**
 * All that stands on Elasticsearch and Kibana beside the index itself, which journal makes: snapshots, a role for each
 * access, the users, and the data view by which a person looks at transactions.
 */
export const indexContent = (props: IndexContentProps): LogDeclaration => ({
  requests: [
    ...snapshotRequests(props),
    ...Object.entries(rolesOf(props.alias)).map(([role, body]) =>
      put(`role ${role}`, `/_security/role/${role}`, body),
    ),
    ...props.users.map(({ name, access, page = false }) => ({
      ...put(`user ${name}`, `/_security/user/${name}`, { roles: [page ? 'viewer-of-page' : access] }),
      passwordFile: props.passwordFile(name),
    })),
    {
      ...{ what: 'saved objects', server: 'kibana', method: 'POST' },
      path: '/api/saved_objects/_import?overwrite=true',
      savedObjects: [dataView(props.alias)],
    },
  ],
});

const put = (what: string, path: string, body: Record<string, unknown>): DeclaredRequest => ({
  ...{ what, server: 'elasticsearch', method: 'PUT', path, body },
});

function snapshotRequests({ alias, snapshots }: IndexContentProps): DeclaredRequest[] {
  if (snapshots === undefined) return [];
  const { bucket, keepDays } = snapshots;
  return [
    put(`snapshot repository ${REPOSITORY}`, `/_snapshot/${REPOSITORY}`, {
      ...{ type: 's3', settings: { bucket, base_path: 'transactions-index' } },
    }),
    put(`snapshot policy ${SLM}`, `/_slm/policy/${SLM}`, {
      ...{ schedule: '0 45 1 * * ?', name: '<transactions-{now/d}>', repository: REPOSITORY },
      config: { indices: [`${alias}*`], include_global_state: false },
      retention: { expire_after: `${keepDays}d`, min_count: 1, max_count: 2 * keepDays },
    }),
  ];
}

/** Who writes makes the index and its alias as well, which needs `manage`; it changes and deletes no document. */
const rolesOf = (alias: string): Readonly<Record<string, Record<string, unknown>>> => {
  const names = [`${alias}*`];
  const reading = ['read', 'view_index_metadata'];
  return {
    write: { indices: [{ names, privileges: ['manage', 'create_doc', ...reading] }] },
    read: { indices: [{ names, privileges: reading }] },
    statistics: {
      cluster: ['monitor'],
      indices: [{ names, privileges: ['monitor', 'view_index_metadata'] }],
    },
    'viewer-of-page': {
      indices: [{ names, privileges: reading }],
      applications: [
        {
          application: 'kibana-.kibana',
          privileges: ['feature_discover.read', 'feature_dashboard.read', 'feature_visualize.read'],
          resources: ['space:default'],
        },
      ],
    },
  };
};

const dataView = (alias: string): Record<string, unknown> => ({
  ...{ id: DATA_VIEW, type: 'index-pattern', references: [] },
  attributes: { title: alias, name: 'Transactions', timeFieldName: 'acceptedAt' },
});
