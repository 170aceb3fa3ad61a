import { describe, expect, it } from 'vitest';
import { LOG_STORES, logRecords, logStoreUrl } from './log-store.ts';

describe('a log store', () => {
  it('names each field of a record once', () => {
    for (const kind of LOG_STORES) {
      const { line, event } = logRecords[kind];
      const names = [...Object.values(line), ...Object.values(event)];
      expect(new Set(names).size, kind).toBe(names.length);
    }
  });

  it('is asked first for what it indexes, which are fields of a line', () => {
    for (const kind of LOG_STORES)
      for (const name of logRecords[kind].index)
        expect(Object.values(logRecords[kind].line), kind).toContain(name);
  });

  it('has names in Loki that LogQL takes for a label', () => {
    const { line, event } = logRecords.loki;
    for (const name of [...Object.values(line), ...Object.values(event)])
      expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
    expect(line.namespace).toBe('k8s_namespace_name');
  });

  it('answers at its Service', () => {
    expect(logStoreUrl('victoria-logs')).toBe('http://victoria-logs.victoria-logs.svc:9428');
    expect(logStoreUrl('elasticsearch')).toBe('https://logs-es-http.elasticsearch.svc:9200');
  });
});
