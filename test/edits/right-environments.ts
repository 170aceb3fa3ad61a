import { type Edit, INDEX, LOCAL, PRODUCTION, property, scaffold, shown } from './edit.ts';

const STAGING = `import type { Environment } from './environment.ts';
import { pages } from './environment.ts';
import { production } from './production.ts';

/** Production's little sister. */
export const staging: Environment = {
  ...production,
  name: 'staging',
  addons: production.addons.filter((addon) => addon !== 'jenkins'),
  addonReplicas: 1,
  secrets: {
    kind: 'external',
    documents: 'sluice/staging',
    roles: { assumedBy: 'controller', arnPrefix: 'arn:aws:iam::111122223333:role/sluice-staging-secrets-' },
  },
  web: { ...production.web, hosts: pages('staging.example.com') },
  broker: 'rabbitmq',
};
`;

const without = (name: string, environment: string): Edit => ({
  name,
  removes: true,
  make: (tree) => {
    tree.remove(`environments/${environment}.ts`);
    tree.replace(INDEX, `import { ${environment} } from './${environment}.ts';\n`, '');
    tree.replace(INDEX, `  ${environment},\n`, '');
  },
});

/** Where it runs, and whose it is. */
export const environmentEdits: readonly Edit[] = [
  {
    name: 'a third environment',
    decides: 'the environment more',
    make: (tree) => {
      tree.write('environments/staging.ts', STAGING);
      tree.replace(
        INDEX,
        "import { production } from './production.ts';\n",
        "import { production } from './production.ts';\nimport { staging } from './staging.ts';\n",
      );
      tree.replace(INDEX, '  production,\n', '  production,\n  staging,\n');
    },
  },
  without('no production', 'production'),
  without('no laptop', 'local'),
  {
    name: 'an organisation of its own',
    make: (tree) => {
      const file = 'environments/organization.ts';
      tree.replace(file, "registry: 'ghcr.io/sluice'", "registry: 'registry.acme.example/queue'");
      tree.replace(
        file,
        "host: 'github.com', path: 'sluice/sluice', branch: 'main'",
        "host: 'git.acme.example', path: 'platform/queues', branch: 'trunk'",
      );
      tree.replace(file, "domain: 'sluice.example.com'", "domain: 'queues.acme.example'");
      tree.replace(file, "owners: 'sluice'", "owners: 'acme'");
      tree.replace(
        file,
        "account: '111122223333', prefix: 'sluice'",
        "account: '444455556666', prefix: 'acme'",
      );
    },
  },
  {
    name: 'RabbitMQ everywhere',
    make: (tree) => {
      property(tree, LOCAL, "broker: 'lavinmq'", "broker: 'rabbitmq'");
      property(tree, PRODUCTION, "broker: 'lavinmq'", "broker: 'rabbitmq'");
    },
  },
  {
    name: 'no addons on the laptop, whose cluster has the definitions',
    removes: true,
    make: (tree) => {
      const definitions = "definitions: ['argo-cd', 'prometheus-operator-crds']";
      property(tree, LOCAL, /addons: \[[^\]]*\],/, `addons: [],\n  ${definitions},`);
      property(tree, LOCAL, /stores: \[[^\]]*\],/, 'stores: [],');
      property(tree, LOCAL, /\n *canary: 'traefik',/, '');
    },
  },
  {
    name: 'fewer addons on the laptop, whose cluster has the definitions',
    removes: true,
    make: (tree) => {
      const addons = "addons: ['argo-cd', 'kube-prometheus-stack', 'metrics-server', 'traefik']";
      const definitions = "definitions: ['prometheus-operator-crds']";
      property(tree, LOCAL, /addons: \[[^\]]*\],/, `${addons},\n  ${definitions},`);
      property(tree, LOCAL, /stores: \[[^\]]*\],/, 'stores: [],');
      property(tree, LOCAL, /\n *canary: 'traefik',/, '');
    },
  },
  {
    name: 'another region and cluster',
    make: (tree) => {
      property(tree, PRODUCTION, "region: 'eu-central-1'", "region: 'us-west-2'");
      property(tree, PRODUCTION, 'clusterName: NAME', "clusterName: 'blue'");
    },
  },
  {
    name: 'an environment like production',
    decides: 'the environment more',
    make: (tree) => scaffold(tree, 'environment', 'staging', '--like', 'production'),
  },
  {
    name: 'an environment like the laptop',
    decides: 'the environment more',
    make: (tree) => scaffold(tree, 'environment', 'lab', '--like', 'local'),
  },
  {
    name: 'Kubernetes 1.37',
    make: (tree) => {
      property(tree, LOCAL, "kubernetes: '1.36'", "kubernetes: '1.37'");
      property(tree, PRODUCTION, "kubernetes: '1.36'", "kubernetes: '1.37'");
    },
  },
  {
    name: 'larger disks, and metrics for longer',
    make: (tree) => {
      property(
        tree,
        LOCAL,
        "monitoring: { retention: '2d', volume: '5Gi' }",
        "monitoring: { retention: '7d', volume: '20Gi' }",
      );
      property(tree, LOCAL, "brokerVolume: { size: '1Gi' }", "brokerVolume: { size: '3Gi' }");
    },
  },
  {
    name: 'transactions on the laptop, as the page shows them',
    make: (tree) => tree.insert(LOCAL, "  name: 'local',\n", shown(tree, 'a laptop')),
  },
  {
    name: 'transactions in production, with TLS and backups, as the page shows them',
    make: (tree) => tree.insert(PRODUCTION, "  name: 'production',\n", shown(tree, 'production')),
  },
  {
    name: 'requests split by Istio',
    decides: 'the canary',
    make: (tree) => property(tree, LOCAL, "canary: 'traefik'", "canary: 'istio'"),
  },
  {
    name: 'no canary, no certificates',
    decides: 'the canary',
    make: (tree) => {
      property(tree, PRODUCTION, /\n *canary: 'traefik',/, '');
      property(tree, PRODUCTION, /\n *clusterIssuer: 'letsencrypt',/, '');
    },
  },
];
