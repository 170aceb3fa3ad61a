import type { GitRepository } from '../packages/contracts/platform.ts';

/** What is the organisation's own. Nothing else names its registry, repository, domain, teams or cloud account. */
export const organization = {
  /** Registry and path of the images that are built here: `<registry>/consumer`. */
  registry: 'ghcr.io/sluice',
  /** This repository: its forge, its path there, and the branch that clusters follow. */
  repository: { host: 'github.com', path: 'sluice/sluice', branch: 'main' },
  /** The domain of the pages of a cluster that the internet reaches. */
  domain: 'sluice.example.com',
  /** The GitHub organisation of the reviewing teams: `@<owners>/platform`. */
  owners: 'sluice',
  /** The cloud: the account, and what begins the names of what it holds. */
  cloud: { account: '111122223333', prefix: 'sluice' },
} as const;

const { host, path, branch } = organization.repository;

/** The repository as anyone reads it. */
export const repositoryByHttps: GitRepository = {
  repoURL: `https://${host}/${path}.git`,
  revision: branch,
};

/** The repository as a deploy key reads it. */
export const repositoryBySsh: GitRepository = { repoURL: `git@${host}:${path}.git`, revision: branch };

/** The page that alerts point to. */
export const RUNBOOK = `https://${host}/${path}/blob/${branch}/docs/reference/alerts.md`;
