import type { Environment } from '../environments/environment.ts';
import type { AddonSecret } from './addons/addon.ts';

/** The Secret with who may see pages that have no login of their own. */
export const PAGE_USERS = 'page-users';

/** Names and hashes, as htpasswd writes them; a person makes them up. */
export const pageUsersOf = ({ web: { openPages } }: Environment): AddonSecret[] =>
  openPages.kind === 'basic-auth'
    ? [{ secretName: PAGE_USERS, keys: { users: 'page-users' }, given: true }]
    : [];
