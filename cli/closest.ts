/** More than this many edits away, a name is another word and no slip. */
const MOST_EDITS = 3;

/**
 * The known name that a misspelt one most likely means.
 * @returns undefined where none is within three edits, and within a third of its letters
 * @see https://en.wikipedia.org/wiki/Levenshtein_distance
 */
export function closestTo(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((each) => ({ each, edits: editsBetween(name, each) }))
    .filter(({ each, edits }) => edits <= Math.min(MOST_EDITS, each.length / 3))
    .sort((left, right) => left.edits - right.edits);
  return nearest?.each;
}

/** Insertions, deletions and substitutions, one row of the table after the other. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= right.length; column += 1) {
      const [above = 0, corner = 0, before = 0] = [row[column], row[column - 1], next[column - 1]];
      next.push(Math.min(above + 1, before + 1, corner + Number(letter !== right[column - 1])));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
