import { infraTexts } from './areas/infra.ts';
import { logTexts } from './areas/logs.ts';
import { releaseTexts } from './areas/releases.ts';
import { whatIfTexts } from './areas/what-if.ts';
import { clusterDe } from './cluster/de.ts';
import type { Texts } from './en.ts';

/** German. */
export const de: Texts = {
  language: 'Deutsch',
  title: 'Board',
  skip: 'Zum Inhalt springen',
  navigation: 'Seiten',
  overview: 'Übersicht',
  queues: 'Warteschlangen',
  workloads: 'Workloads',
  settings: 'Einstellungen',
  languageLabel: 'Sprache',
  theme: 'Farbschema',
  themeSystem: 'System',
  themeLight: 'Hell',
  themeDark: 'Dunkel',
  apply: 'Übernehmen',
  refresh: 'Neu laden',
  asOf: (time) => `Stand ${time}`,
  live: 'Live',
  zoneNote: (zone) => `Zeiten in ${zone}`,

  verdictOk: 'Alles in Ordnung',
  verdictAttention: (count, one) =>
    one ? '1 Workload braucht Aufmerksamkeit' : `${count} Workloads brauchen Aufmerksamkeit`,
  verdictCritical: (count, one) =>
    one ? '1 Workload verfehlt sein Ziel' : `${count} Workloads verfehlen ihr Ziel`,
  verdictUnknown: (count, one) =>
    one ? '1 Workload ist ohne Messwert' : `${count} Workloads sind ohne Messwert`,
  verdictStale: 'Zustand zurzeit unbekannt',
  verdictSummary: (workloads, waiting, replicas) =>
    `${workloads} beobachtet, ${waiting} wartend oder in Arbeit, ${replicas} in Betrieb`,
  countWorkloads: (count, one) => (one ? '1 Workload' : `${count} Workloads`),
  countMessages: (count, one) => (one ? '1 Nachricht' : `${count} Nachrichten`),
  countReplicas: (count, one) => (one ? '1 Replik' : `${count} Repliken`),

  levels: { ok: 'In Ordnung', attention: 'Achtung', critical: 'Kritisch', unknown: 'Unbekannt' },
  conditions: {
    'no-reading': 'Der Scaler hat diese Warteschlange noch nicht gelesen.',
    'reading-failed':
      'Der Scaler kann die Warteschlange nicht lesen; die Zahl der Repliken bleibt, wie sie ist.',
    'waits-too-long': 'Die älteste Nachricht wartet länger, als das Ziel erlaubt.',
    'waits-long': 'Die älteste Nachricht hat den größten Teil ihrer Zielzeit verbraucht.',
    'at-maximum': 'Alle Repliken sind im Einsatz, und der Rückstand sinkt nicht.',
    starting: 'Repliken starten.',
    working: 'Der Rückstand wird abgearbeitet.',
    'below-mark': 'Nachrichten warten unterhalb der Marke, ab der Repliken starten.',
    idle: 'Die Warteschlange ist leer.',
  },

  next: 'Als Nächstes',
  nextUnknown: 'Nach dem nächsten Messwert bekannt.',
  nextFrozen: (replicas) => `Bleibt bei ${replicas}, bis die Warteschlange wieder lesbar ist.`,
  nextDrains: (duration, time) => `Abgearbeitet in etwa ${duration}, um ${time}.`,
  nextGrows: 'Der Rückstand sinkt noch nicht.',
  nextOpens: (mark, ready) => `Repliken starten ab ${mark} bereiten Nachrichten; ${ready} warten jetzt.`,
  nextOpensWithin: (mark, ready, duration) =>
    `Repliken starten ab ${mark} bereiten Nachrichten (${ready} warten jetzt), oder in ${duration} wegen ihres Alters.`,
  nextWaits: 'Wartet auf Arbeit.',
  nextWaitsFor: (mark) => `Wartet auf ${mark} bereite Nachrichten.`,

  backlog: 'Rückstand',
  ready: 'Bereit',
  inWork: 'In Arbeit',
  messages: 'Nachrichten',
  oldestWait: 'Längste Wartezeit',
  objective: (duration) => `Ziel ${duration}`,
  firstSight: 'Untergrenze: seit der Scaler eine Nachricht zuerst sah',
  replicas: 'Repliken',
  ofMax: (max) => `von ${max}`,
  throughput: 'Durchsatz',
  perSecond: 'Jobs/s',
  lastDecision: 'Letzte Entscheidung',
  noDecision: 'Noch keine Entscheidung',
  decisionsOff:
    'Das Board liest keine Zeilen des Skalierers. LOG_STORE_URL und SCALER_NAMESPACE setzen, oder LOG_FILE.',
  none: 'Keine',
  notReported: 'Nicht gemeldet',
  details: (workload) => `Einzelheiten zu ${workload}`,

  lastChanges: 'Was sich zuletzt geändert hat',
  noChanges: 'Solange das Board zurückblickt, hat sich nichts geändert.',
  decisions: 'Entscheidungen',
  decision: 'Entscheidung',
  reason: 'Grund',
  explanation: 'Erklärung',
  time: 'Zeit',
  fromTo: (from, to) => `von ${from} auf ${to} Repliken`,
  held: (replicas) => `bleibt bei ${replicas}`,

  timeline: 'Im Zeitverlauf',
  chartBacklog: 'Rückstand, Nachrichten',
  chartReplicas: 'Repliken',
  chartWait: 'Längste Wartezeit, Sekunden',
  chartThroughput: 'Durchsatz, Jobs je Sekunde',
  showTable: 'Als Tabelle zeigen',
  tableCaption: (what, count) => `${what}: die letzten ${count} Werte`,
  noSamples: 'Das Diagramm beginnt mit dem zweiten Messwert.',

  loadingTitle: 'Warten auf den ersten Messwert',
  loadingText: 'Der Scaler hat noch nicht geantwortet. Diese Seite füllt sich von selbst.',
  emptyTitle: 'Keine Workloads',
  emptyText:
    'Der Scaler antwortet, skaliert aber nichts. Einen Worker hinzufügen: docs/how-to/add-a-worker.md.',
  staleTitle: 'Der Scaler antwortet nicht',
  staleText: (time) =>
    `Was hier steht, ist von ${time}. Bitte prüfen, ob der Scaler läuft; das Board liest ihn jede Sekunde erneut.`,
  failedTitle: 'Der Scaler ist nicht erreichbar',
  failedText: 'Bitte prüfen, ob er läuft und ob SCALER_URL die Adresse seiner Metriken ist.',
  lostTitle: 'Die Verbindung zum Board ist unterbrochen',
  lostText:
    'Was hier steht, kann alt sein. Die Seite verbindet sich von selbst wieder; bleibt das so, ist das Board beendet.',
  notFoundTitle: 'Diese Seite gibt es nicht',
  notFoundText: 'Die Adresse ist veraltet, oder der Workload besteht nicht mehr.',
  unauthorizedTitle: 'Nicht angemeldet',
  unauthorizedText: 'Das Board wird über den Ingress gelesen, der anmeldet und dem Board den Namen nennt.',
  tooManyTitle: 'Zu viele Anfragen',
  tooManyText: 'Bitte einen Augenblick warten und die Seite neu laden.',
  brokenTitle: 'Die Seite konnte nicht erstellt werden',
  brokenText: 'Bitte neu laden. Bleibt es dabei, nennt das Protokoll des Boards den Grund.',
  backToOverview: 'Zurück zur Übersicht',
  cause: 'Ursache',

  cluster: clusterDe,
  infra: infraTexts.de,
  logs: logTexts.de,
  releases: releaseTexts.de,
  whatIf: whatIfTexts.de,

  reasons: {
    ReadingMissing: 'Warteschlange nicht lesbar',
    ReadingStale: 'Messwert zu alt',
    ReadingInvalid: 'Messwert ungültig',
    BacklogReachedMark: 'Marke erreicht',
    OldestWaitExceeded: 'Lange genug gewartet',
    LatchHeldOpen: 'Offen gehalten',
    LatchHeldClosed: 'Geschlossen gehalten',
    DrainUnconfirmed: 'Einmal leer, unbestätigt',
    BacklogDrained: 'Rückstand abgearbeitet',
    DesiredWithinRange: 'Wie der Rückstand verlangt',
    MeasurementPending: 'Messung läuft noch',
    WorkInHand: 'Arbeit noch im Gang',
    ScheduleFloor: 'Minimum nach Zeitplan',
    ScaleUpStabilized: 'Hochskalieren stabilisiert',
    ScaleDownStabilized: 'Herunterskalieren stabilisiert',
    ScaleUpLimit: 'Hochskalieren begrenzt',
    ScaleDownLimit: 'Herunterskalieren begrenzt',
    TooFewReplicas: 'Auf das Minimum angehoben',
    TooManyReplicas: 'Auf das Maximum begrenzt',
  },
};
