import type { Catalogue } from './metric.ts';

/** How a push of log records ended at the gate: the `outcome` of log_gate_pushes_total. */
export const PUSH_OUTCOMES = ['written', 'refused', 'unwritten', 'unanswered', 'full'] as const;

/** Answers pushes of log records when the log store has written them. */
export const logGate = {
  pushes: {
    name: 'log_gate_pushes_total',
    type: 'counter',
    help: 'Pushes of log records, by outcome: written by the store, refused by it, not seen written in time, not answered by it, or not taken as too many bytes were held.',
    labels: { outcome: PUSH_OUTCOMES },
    unit: 'pushes',
  },
  acknowledged: {
    name: 'log_gate_acknowledged_lines_total',
    type: 'counter',
    help: 'Lines of containers that were acknowledged as the store has written them, each once.',
    labels: {},
    unit: 'messages',
  },
  doubles: {
    name: 'log_gate_doubles_total',
    type: 'counter',
    help: 'Lines that were sent again and are not passed on, as the store has them.',
    labels: {},
    unit: 'messages',
  },
  round: {
    name: 'log_gate_round_duration_seconds',
    type: 'histogram',
    help: 'From passing pushes on to having seen them written.',
    labels: {},
    unit: 'seconds',
    buckets: [0.5, 1, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 30],
  },
  held: {
    name: 'log_gate_held_bytes',
    type: 'gauge',
    help: 'Bytes of pushes that are held.',
    labels: {},
    unit: 'bytes',
  },
  unwritten: {
    name: 'log_gate_unwritten_lines',
    type: 'gauge',
    help: 'Lines of containers that the store took and has not been seen to write.',
    labels: {},
    unit: 'messages',
  },
  oldest: {
    name: 'log_gate_oldest_push_age_seconds',
    type: 'gauge',
    help: 'How long the oldest push waits that has no answer; 0 where none does.',
    labels: {},
    unit: 'seconds',
  },
} as const satisfies Catalogue;
