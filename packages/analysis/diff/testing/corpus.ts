import type { ReportedRow } from '../testing.ts';
import * as actors from './corpus/actors.ts';
import * as applications from './corpus/applications.ts';
import * as breaksNetwork from './corpus/breaks-network.ts';
import * as breaksNone from './corpus/breaks-none.ts';
import * as breaksPods from './corpus/breaks-pods.ts';
import * as breaksRights from './corpus/breaks-rights.ts';
import * as breaksRulesObjects from './corpus/breaks-rules-objects.ts';
import * as breaksRulesPods from './corpus/breaks-rules-pods.ts';
import * as breaksScaling from './corpus/breaks-scaling.ts';
import * as breaksTraffic from './corpus/breaks-traffic.ts';
import * as defaults from './corpus/defaults.ts';
import * as defaultsObjects from './corpus/defaults-objects.ts';
import * as exposuresNetwork from './corpus/exposures-network.ts';
import * as exposuresRights from './corpus/exposures-rights.ts';
import * as folder from './corpus/folder.ts';
import * as immutable from './corpus/immutable.ts';
import * as objects from './corpus/objects.ts';
import * as platform from './corpus/platform.ts';
import * as pods from './corpus/pods.ts';
import * as podsReadAndScaled from './corpus/pods-read-and-scaled.ts';
import * as reading from './corpus/reading.ts';
import * as releases from './corpus/releases.ts';
import * as reportedActors from './corpus/reported-actors.ts';
import * as reportedAddons from './corpus/reported-addons.ts';
import * as reportedChains from './corpus/reported-chains.ts';
import * as reportedDefaults from './corpus/reported-defaults.ts';
import * as reportedDelivery from './corpus/reported-delivery.ts';
import * as reportedExposures from './corpus/reported-exposures.ts';
import * as reportedFields from './corpus/reported-fields.ts';
import * as reportedKubernetes from './corpus/reported-kubernetes.ts';
import * as reportedObjects from './corpus/reported-objects.ts';
import * as reportedOpenings from './corpus/reported-openings.ts';
import * as reportedOperators from './corpus/reported-operators.ts';
import * as reportedReading from './corpus/reported-reading.ts';
import * as reportedReferences from './corpus/reported-references.ts';
import * as reportedRefused from './corpus/reported-refused.ts';
import * as reportedSources from './corpus/reported-sources.ts';
import * as reportedStorage from './corpus/reported-storage.ts';
import * as reportedTraefik from './corpus/reported-traefik.ts';
import * as rollouts from './corpus/rollouts.ts';
import * as storage from './corpus/storage.ts';

/** A crafted change: its name first, what says how it is to be ranked last. */
export type Crafted = readonly [name: string, ...rest: readonly unknown[], source: string];

/** The changes of one kind, as docs/reference/diff.md counts them. */
export interface Kind {
  readonly title: string;
  readonly changes: readonly Crafted[];
}

/** Changes of all kinds that people report, judged by the whole report. */
export const reported: readonly ReportedRow[] = [
  ...reportedActors.rows,
  ...reportedChains.rows,
  ...reportedDefaults.rows,
  ...reportedDelivery.rows,
  ...reportedExposures.rows,
  ...reportedFields.rows,
  ...reportedObjects.rows,
  ...reportedReading.rows,
  ...reportedRefused.rows,
  ...reportedAddons.rows,
  ...reportedKubernetes.rows,
  ...reportedOperators.rows,
  ...reportedSources.rows,
  ...reportedOpenings.rows,
  ...reportedReferences.rows,
  ...reportedTraefik.rows,
  ...reportedStorage.rows,
];

/** Every crafted change. */
export const corpus: readonly Kind[] = [
  {
    title: 'a default that is written down is no change',
    changes: [...defaults.same, ...defaultsObjects.same, ...defaultsObjects.other],
  },
  {
    title: 'YAML and folders as Kubernetes and Argo CD read them',
    changes: [...reading.rows, ...folder.rows, ...folder.sources, ...folder.forms],
  },
  { title: 'Applications and ApplicationSets', changes: applications.rows },
  { title: 'labels and annotations, each as it comes and as it goes', changes: actors.rows },
  {
    title: 'pods, rollouts, releases',
    changes: [...pods.rows, ...podsReadAndScaled.rows, ...rollouts.rows, ...releases.rows],
  },
  { title: 'storage, and what cannot change', changes: [...storage.rows, ...immutable.rows] },
  { title: 'other objects, the platform', changes: [...objects.rows, ...platform.rows] },
  {
    title: 'chains that break: traffic, pods, scaling and delivery, connections, rights',
    changes: [
      ...breaksTraffic.rows,
      ...breaksPods.rows,
      ...breaksScaling.rows,
      ...breaksNetwork.rows,
      ...breaksRights.rows,
    ],
  },
  { title: 'objects that cannot work', changes: [...breaksRulesObjects.rows, ...breaksRulesPods.rows] },
  { title: 'what is not broken by a change', changes: breaksNone.unrelated },
  { title: 'of all kinds, as people report them', changes: reported },
  { title: 'what opens', changes: [...exposuresNetwork.rows, ...exposuresRights.rows] },
];

/** The kinds and how many changes each has, as a table. */
export const corpusTable = (): string =>
  [
    '| kind | changes |',
    '| --- | ---: |',
    ...corpus.map(({ title, changes }) => `| ${title} | ${changes.length} |`),
    `| together | ${corpus.reduce((sum, { changes }) => sum + changes.length, 0)} |`,
  ].join('\n');
