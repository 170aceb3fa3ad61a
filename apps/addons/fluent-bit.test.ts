import { describe, expect, it } from 'vitest';
import { ELASTICSEARCH_STREAMS, logRecords } from '../../packages/contracts/log-store.ts';
import { production, systemIn } from '../testing/desired-state.ts';
import { fluentBit } from './fluent-bit.ts';

/**
 * The options of Fluent Bit 4 that are used here, by plugin: Fluent Bit ignores no unknown one, it does not start.
 * @see https://github.com/fluent/fluent-bit/tree/v4.2.0/plugins (config_map of each), src/flb_config.c (SERVICE)
 */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  SERVICE: [
    ...['daemon', 'flush', 'log_level', 'parsers_file', 'http_server', 'http_listen', 'http_port'],
    ...['health_check', 'storage.path', 'storage.sync', 'storage.max_chunks_up'],
    'storage.backlog.mem_limit',
  ],
  tail: [
    ...['path', 'multiline.parser', 'tag', 'db', 'offset_key', 'read_from_head', 'mem_buf_limit'],
    ...['skip_long_lines', 'storage.type', 'storage.pause_on_chunks_overlimit'],
  ],
  kubernetes: ['match', 'merge_log', 'keep_log', 'labels', 'annotations'],
  modify: ['match', 'rename', 'remove'],
  lua: ['match', 'script', 'call', 'protected_mode'],
  es: [
    ...['match', 'host', 'port', 'http_user', 'http_passwd', 'tls', 'tls.verify', 'tls.verify_hostname'],
    ...['tls.ca_file', 'suppress_type_name', 'index', 'write_operation', 'generate_id', 'time_key'],
    ...['time_key_nanos', 'trace_error', 'retry_limit'],
  ],
};

interface Section {
  readonly plugin: string;
  readonly options: readonly (readonly [name: string, value: string])[];
}

/** The classic format: a name in brackets, then an option a line. */
const sectionsOf = (text: string): Section[] =>
  text
    .split(/^\[/m)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [head = '', ...rows] = part.split('\n').filter((row) => row.trim() !== '');
      const options = rows.map((row): [string, string] => {
        const [, name = '', value = ''] = /^ {4}(\S+) (.+)$/.exec(row) ?? [];
        return [name.toLowerCase(), value];
      });
      const [, plugin = head.replace(']', '')] = options.find(([name]) => name === 'name') ?? [];
      return { plugin, options: options.filter(([name]) => name !== 'name') };
    });

describe('the file of Fluent Bit', () => {
  const { config, luaScripts } = fluentBit.values(production, systemIn(production)) as {
    readonly luaScripts: Readonly<Record<string, string>>;
    readonly config: Readonly<Record<'service' | 'inputs' | 'filters' | 'outputs', string>>;
  };
  const sections = Object.values(config).flatMap(sectionsOf);
  const optionOf = (plugin: string, name: string): string | undefined =>
    sections.find((section) => section.plugin === plugin)?.options.find(([option]) => option === name)?.[1];

  it('has options that its plugins know, each with a value', () => {
    expect(sections.map(({ plugin }) => plugin)).toEqual([
      'SERVICE',
      'tail',
      'kubernetes',
      'modify',
      'lua',
      'es',
    ]);
    for (const { plugin, options } of sections)
      for (const [name, value] of options) {
        expect(OPTIONS[plugin], `${plugin} ${name}`).toContain(name);
        expect(value, `${plugin} ${name}`).not.toBe('');
      }
  });

  it('writes by the contract of log stores: the data stream, and where time and position stand', () => {
    expect(optionOf('es', 'index')).toBe(ELASTICSEARCH_STREAMS.lines);
    expect(optionOf('es', 'time_key')).toBe(logRecords.elasticsearch.line.time);
    expect(optionOf('tail', 'offset_key')).toBe(logRecords.elasticsearch.line.position);
  });

  it('masks secrets last, by a function of a script that the chart mounts and whose text is no template', () => {
    const [name = '', script = ''] = Object.entries(luaScripts)[0] ?? [];
    expect(optionOf('lua', 'script')).toBe(`/fluent-bit/scripts/${name}`);
    expect(script).toContain(`\nfunction ${optionOf('lua', 'call')}(tag, timestamp, record)\n`);
    expect(script).not.toContain('{{');
    expect(sections.map(({ plugin }) => plugin).slice(-2)).toEqual(['lua', 'es']);
  });

  it('keeps positions and what is not sent on the node, never gives up, and is bounded', () => {
    expect(optionOf('tail', 'db')).toMatch(/^\/var\/log\//);
    expect(optionOf('SERVICE', 'storage.path')).toMatch(/^\/var\/log\//);
    expect(optionOf('tail', 'storage.type')).toBe('filesystem');
    expect(optionOf('es', 'retry_limit')).toBe('no_limits');
    // A limit of the output drops the oldest chunks; a limit of the input makes it wait.
    expect(optionOf('SERVICE', 'storage.max_chunks_up')).toBe('32');
    expect(optionOf('tail', 'storage.pause_on_chunks_overlimit')).toBe('On');
    expect(optionOf('es', 'storage.total_limit_size')).toBeUndefined();
    // A data stream takes creations alone; an identity from the content makes a second one a conflict.
    expect([optionOf('es', 'write_operation'), optionOf('es', 'generate_id')]).toEqual(['create', 'On']);
  });
});
