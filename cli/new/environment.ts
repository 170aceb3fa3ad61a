import type { Environment } from '../../environments/environment.ts';
import { identifierOf } from './names.ts';

/** An environment that is like another but for what must be its own. */
export interface NewEnvironment {
  readonly name: string;
  readonly like: Environment;
}

/** What two clusters must not share: hosts, and where there are any the cloud's names and the place of the secrets. */
export function environmentText({ name, like }: NewEnvironment): string {
  const other = identifierOf(like.name);
  const inCloud = like.aws !== undefined;
  const external = like.secrets.kind === 'external';
  const imports = [
    "import { type Environment, pages } from './environment.ts';",
    `import { ${other} } from './${like.name}.ts';`,
    "import { organization } from './organization.ts';",
  ];
  const cloudName =
    inCloud || external
      ? `
/** What begins the names of its parts in the cloud. */
const NAME = \`\${organization.cloud.prefix}-${name}\`;
`
      : '';
  return `${imports.join('\n')}
${cloudName}
/** Like ${like.name}, but for what is said here. */
export const ${identifierOf(name)}: Environment = {
  ...${other},
  name: '${name}',
  web: { ...${other}.web, hosts: pages(\`${name}.\${organization.domain}\`) },
${inCloud ? cloudOf(other) : ''}${external ? secretsOf(name) : ''}};
`;
}

const cloudOf = (other: string): string => `  ...(${other}.aws && {
    aws: {
      ...${other}.aws,
      clusterName: NAME,
      vpcName: NAME,
      interruptionQueue: \`\${NAME}-interruptions\`,
      logBucket: \`\${NAME}-logs\`,
    },
  }),
`;

const secretsOf = (name: string): string => `  secrets: {
    kind: 'external',
    documents: \`\${organization.cloud.prefix}/${name}\`,
    roles: {
      assumedBy: 'service-account',
      arnPrefix: \`arn:aws:iam::\${organization.cloud.account}:role/\${NAME}-secrets-\`,
    },
  },
`;
