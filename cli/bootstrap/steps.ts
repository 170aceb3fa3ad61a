/** What a new cluster needs until Argo CD can do the rest, in this order. */
import { argoCd } from './argo-cd.ts';
import { delivery } from './delivery.ts';
import { dns } from './dns.ts';
import { namespaces } from './namespaces.ts';
import { repository } from './repository.ts';
import { secrets } from './secrets.ts';
import { settle } from './settle.ts';
import type { Step } from './step.ts';

/** After the cluster itself, which every one of them needs. */
export const steps: readonly Step[] = [dns, namespaces, secrets, argoCd, repository, delivery, settle];
