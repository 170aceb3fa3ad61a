import type { Reason } from '@sluice/policy';
import type { Condition, Level } from '../model/health.ts';
import { infraTexts } from './areas/infra.ts';
import { logTexts } from './areas/logs.ts';
import { releaseTexts } from './areas/releases.ts';
import { whatIfTexts } from './areas/what-if.ts';
import { clusterEn } from './cluster/en.ts';

/**
 * Every text of the board. A value that is filled in is written already as the language writes it; `one` says whether the
 * number is one in the sense of the language's grammar.
 */
export const en = {
  language: 'English',
  title: 'Board',
  skip: 'Skip to content',
  navigation: 'Pages',
  overview: 'Overview',
  queues: 'Queues',
  workloads: 'Workloads',
  settings: 'Settings',
  languageLabel: 'Language',
  theme: 'Theme',
  themeSystem: 'System',
  themeLight: 'Light',
  themeDark: 'Dark',
  apply: 'Apply',
  refresh: 'Refresh',
  asOf: (time: string) => `As of ${time}`,
  live: 'Live',
  zoneNote: (zone: string) => `Times in ${zone}`,

  verdictOk: 'All is well',
  verdictAttention: (count: string, one: boolean) =>
    one ? '1 workload needs attention' : `${count} workloads need attention`,
  verdictCritical: (count: string, one: boolean) =>
    one ? '1 workload misses its objective' : `${count} workloads miss their objective`,
  verdictUnknown: (count: string, one: boolean) =>
    one ? '1 workload has no reading' : `${count} workloads have no reading`,
  verdictStale: 'The state is not known now',
  verdictSummary: (workloads: string, waiting: string, replicas: string) =>
    `${workloads} watched, ${waiting} waiting or in work, ${replicas} running`,
  countWorkloads: (count: string, one: boolean) => (one ? '1 workload' : `${count} workloads`),
  countMessages: (count: string, one: boolean) => (one ? '1 message' : `${count} messages`),
  countReplicas: (count: string, one: boolean) => (one ? '1 replica' : `${count} replicas`),

  levels: {
    ok: 'Healthy',
    attention: 'Attention',
    critical: 'Critical',
    unknown: 'Unknown',
  } satisfies Record<Level, string>,
  conditions: {
    'no-reading': 'The scaler has not read this queue yet.',
    'reading-failed': 'The scaler cannot read the queue, so the replica count stays as it is.',
    'waits-too-long': 'The oldest message waits longer than its objective.',
    'waits-long': 'The oldest message has used most of its objective.',
    'at-maximum': 'Every replica is in use and the backlog does not fall.',
    starting: 'Replicas start.',
    working: 'The backlog is in work.',
    'below-mark': 'Messages wait below the mark at which replicas start.',
    idle: 'The queue is empty.',
  } satisfies Record<Condition, string>,

  next: 'Next',
  nextUnknown: 'Known after the next reading.',
  nextFrozen: (replicas: string) => `Stays at ${replicas} until the queue can be read again.`,
  nextDrains: (duration: string, time: string) => `Drained in about ${duration}, at ${time}.`,
  nextGrows: 'The backlog does not fall yet.',
  nextOpens: (mark: string, ready: string) => `Replicas start at ${mark} ready messages; ${ready} wait now.`,
  nextOpensWithin: (mark: string, ready: string, duration: string) =>
    `Replicas start at ${mark} ready messages (${ready} wait now), or in ${duration} by their age.`,
  nextWaits: 'Waits for work.',
  nextWaitsFor: (mark: string) => `Waits for ${mark} ready messages.`,

  backlog: 'Backlog',
  ready: 'Ready',
  inWork: 'In work',
  messages: 'messages',
  oldestWait: 'Oldest wait',
  objective: (duration: string) => `Objective ${duration}`,
  firstSight: 'Lower bound: since the scaler first saw a message',
  replicas: 'Replicas',
  ofMax: (max: string) => `of ${max}`,
  throughput: 'Throughput',
  perSecond: 'jobs/s',
  lastDecision: 'Last decision',
  noDecision: 'No decision yet',
  decisionsOff:
    'The board reads no lines of the scaler. Set LOG_STORE_URL and SCALER_NAMESPACE, or LOG_FILE.',
  none: 'None',
  notReported: 'Not reported',
  details: (workload: string) => `Details of ${workload}`,

  lastChanges: 'What changed last',
  noChanges: 'Nothing has changed for as long as the board knows.',
  decisions: 'Decisions',
  decision: 'Decision',
  reason: 'Reason',
  explanation: 'Explanation',
  time: 'Time',
  fromTo: (from: string, to: string) => `from ${from} to ${to} replicas`,
  held: (replicas: string) => `kept at ${replicas}`,

  timeline: 'Over time',
  chartBacklog: 'Backlog, messages',
  chartReplicas: 'Replicas',
  chartWait: 'Oldest wait, seconds',
  chartThroughput: 'Throughput, jobs a second',
  showTable: 'Show as a table',
  tableCaption: (what: string, count: string) => `${what}: the last ${count} values`,
  noSamples: 'The chart begins with the second reading.',

  loadingTitle: 'Waiting for the first reading',
  loadingText: 'The scaler has not answered yet. This page fills by itself.',
  emptyTitle: 'No workloads',
  emptyText: 'The scaler answers, but scales nothing. Add a worker: docs/how-to/add-a-worker.md.',
  staleTitle: 'The scaler does not answer',
  staleText: (time: string) =>
    `What you see is from ${time}. Check that the scaler runs; the board reads it again every second.`,
  failedTitle: 'The scaler cannot be reached',
  failedText: 'Check that it runs, and that SCALER_URL is the address of its metrics.',
  lostTitle: 'The connection to the board is lost',
  lostText: 'What you see may be old. The page connects again by itself; if this stays, the board has ended.',
  notFoundTitle: 'There is no such page',
  notFoundText: 'The address may be old, or the workload is gone.',
  unauthorizedTitle: 'You are not signed in',
  unauthorizedText: 'The board is read through the ingress, which signs you in and names you to the board.',
  tooManyTitle: 'Too many requests',
  tooManyText: 'Wait a moment and load the page again.',
  brokenTitle: 'The page could not be made',
  brokenText: 'Load it again. If it stays, the log of the board says why.',
  backToOverview: 'Back to the overview',
  cause: 'Cause',

  cluster: clusterEn,
  infra: infraTexts.en,
  logs: logTexts.en,
  releases: releaseTexts.en,
  whatIf: whatIfTexts.en,

  reasons: {
    ReadingMissing: 'Queue not readable',
    ReadingStale: 'Reading too old',
    ReadingInvalid: 'Reading invalid',
    BacklogReachedMark: 'Mark reached',
    OldestWaitExceeded: 'Waited long enough',
    LatchHeldOpen: 'Held open',
    LatchHeldClosed: 'Held closed',
    DrainUnconfirmed: 'Drained once, unconfirmed',
    BacklogDrained: 'Backlog drained',
    DesiredWithinRange: 'As the backlog asks',
    MeasurementPending: 'Still measuring',
    WorkInHand: 'Work in flight',
    ScheduleFloor: 'Scheduled minimum',
    ScaleUpStabilized: 'Scale-up stabilized',
    ScaleDownStabilized: 'Scale-down stabilized',
    ScaleUpLimit: 'Scale-up limited',
    ScaleDownLimit: 'Scale-down limited',
    TooFewReplicas: 'Raised to the minimum',
    TooManyReplicas: 'Capped at the maximum',
  } satisfies Record<Reason, string>,
};

/** What a language must say: each key of the English text, with the same values to fill in. */
export type Texts = typeof en;
