import {
  DONE_SCHEMA,
  type DoneWindow,
  doneKey,
  type LogLine,
  objectKey,
  RAW_SCHEMA,
  type RawHeader,
  type Span,
} from '../../packages/contracts/log-report.ts';
import { Doubles, type IdentityOf } from './doubles.ts';
import type { ObjectStore } from './object-store.ts';
import { type NamespaceRule, type Selection, takesNamespace } from './selection.ts';
import { instantText, type LogSource, type NamespaceCount } from './sources/source.ts';
import { closedWindows, donePrefixes, dueWindows, type WindowRule } from './windows.ts';

/** What a run takes from where to where. */
export interface Extraction {
  readonly family: 'raw' | 'archive';
  readonly source: LogSource;
  readonly objects: ObjectStore;
  readonly selection: Selection;
  readonly namespaces: NamespaceRule;
  readonly rule: WindowRule;
  /** What a record that was written twice is known by. @default every record is a line */
  readonly identityOf?: IdentityOf;
  /** Called with each object of a window before the window counts as complete. @default nothing */
  readonly onObject?: (key: string, signal: AbortSignal) => Promise<void>;
}

/** The source gave fewer lines than it had counted. */
export class MissingLinesError extends Error {
  override readonly name = 'MissingLinesError';
}

/** The windows that are closed and that no run has completed, oldest first. */
export async function windowsToDo(
  extraction: Pick<Extraction, 'family' | 'objects' | 'rule'>,
  now: number,
  signal: AbortSignal,
): Promise<readonly Span[]> {
  const { family, objects, rule } = extraction;
  const done = new Set<string>();
  for (const prefix of donePrefixes(family, closedWindows(now, rule)))
    for await (const key of objects.list(prefix, signal)) done.add(key);
  return dueWindows(now, rule, family, done);
}

/**
 * The window that a run looks back at no more since now, where no run has completed it; what was before the first
 * completed window was never to be extracted.
 */
export async function windowGivenUp(
  { family, objects, rule }: Pick<Extraction, 'family' | 'objects' | 'rule'>,
  now: number,
  signal: AbortSignal,
): Promise<Span | undefined> {
  const [window] = closedWindows(now, { ...rule, catchUp: rule.catchUp + 1 });
  if (window === undefined) return undefined;
  const mark = doneKey(family, window.start);
  if (await objects.exists(mark, signal)) return undefined;
  for await (const first of objects.list(`done/${family}/`, signal)) return first < mark ? window : undefined;
  return undefined;
}

/**
 * Writes one object for each namespace that has lines in the window, then the mark that the window is complete. What
 * another run has written stays as it is, so any number of runs at any time write each line once.
 * @throws MissingLinesError, and what the source and the bucket throw; another run goes on where this one ended
 */
export async function extractWindow(
  extraction: Extraction,
  window: Span,
  signal: AbortSignal,
): Promise<DoneWindow> {
  const { family, source, objects, selection, namespaces } = extraction;
  const counts = await source.namespaces(window, selection, signal);
  const lines: Record<string, number> = {};
  for (const count of counts.filter(({ namespace }) => takesNamespace(namespaces, namespace))) {
    const key = objectKey(family, { namespace: count.namespace, start: window.start });
    lines[count.namespace] = count.lines;
    if (!(await objects.exists(key, signal))) {
      const written = documentOf(extraction, count, window, signal);
      await objects.putLines(key, written.text, signal);
      lines[count.namespace] = written.lines();
    }
    await extraction.onObject?.(key, signal);
  }
  const done: DoneWindow = { schema: DONE_SCHEMA, ...spanText(window), namespaces: lines };
  await objects.putText(doneKey(family, window.start), JSON.stringify(done), signal);
  return done;
}

const spanText = ({ start, end }: Span) => ({ start: instantText(start), end: instantText(end) });

/** The lines of one object: its header, then each record. */
function documentOf(
  { source, selection, identityOf = () => undefined }: Extraction,
  { namespace, lines: counted }: NamespaceCount,
  window: Span,
  signal: AbortSignal,
): { readonly text: AsyncIterable<string>; readonly lines: () => number } {
  let lines = 0;
  let records = 0;
  const doubles = new Doubles(identityOf);
  const header: RawHeader = { schema: RAW_SCHEMA, namespace, ...spanText(window) };
  async function* text(): AsyncGenerator<string> {
    yield JSON.stringify(header);
    for await (const line of source.lines(namespace, window, selection, signal)) {
      records += 1;
      if (doubles.has(line)) continue;
      lines += 1;
      yield JSON.stringify(line satisfies LogLine);
    }
    // A stream that ends early without an error would become an object that lacks lines.
    if (records < counted)
      throw new MissingLinesError(
        `the log store counted ${counted} lines of '${namespace}' and gave ${records}`,
      );
  }
  return { text: text(), lines: () => lines };
}
