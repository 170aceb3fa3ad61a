/**
 * What an error says, in one line's worth of words. Several errors in one (a host name with two addresses, neither
 * of which answers) are joined: Node gives them no message of their own.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError && error.errors.length > 0)
    return [...new Set(error.errors.map(messageOf))].join('; ');
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

/** Why a file of JSON cannot be read. Node quotes the text, which may hold a secret: only the position is named. */
export function readFaultOf(error: unknown): string {
  if (!(error instanceof SyntaxError)) return messageOf(error);
  const [place = ''] = / at position \d+/.exec(error.message) ?? [];
  return `it is no JSON${place}`;
}
