import { describe, expect, it } from 'vitest';
import { PUSH_PATH, stateOf } from './store.ts';

/** As VictoriaLogs 1.52.1 answers. */
const METRICS = `vl_http_requests_total{path="${PUSH_PATH}",format="protobuf"} 45
vl_http_requests_total{path="/insert/jsonline"} 7
vl_storage_rows{type="storage/inmemory"} 46
vl_storage_rows{type="storage/small"} 46092
vl_pending_rows{type="storage"} 2
vl_pending_rows{type="indexdb"} 1
process_start_time_seconds 1795990364
`;

describe('the state of VictoriaLogs', () => {
  it('is read from its metrics', () => {
    expect(stateOf(METRICS)).toEqual({ startedAt: 1795990364, pushes: 45, unwritten: 49 });
  });

  it.each(['vl_pending_rows', 'vl_storage_rows{type="storage/inmemory"', 'process_start_time_seconds'])(
    'is unknown without %s',
    (name) => {
      const rest = METRICS.split('\n').filter((line) => !line.startsWith(name));
      expect(() => stateOf(rest.join('\n'))).toThrow(/the store reports no/);
    },
  );
});
