import { styleText } from 'node:util';
import { type Rank, ranks, rankTitles } from '../packages/analysis/diff/findings.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * A text in a style where its stream is a terminal that has colours. `NO_COLOR` takes colours away, `FORCE_COLOR`
 * gives them to files and pipes too.
 * @see https://no-color.org
 */
export const styled = (style: Style, text: string, stream: NodeJS.WritableStream): string =>
  styleText(style, text, { stream });

const STYLES: Readonly<Record<Rank, Style>> = {
  ...{ 'no-op': 'dim', metadata: 'dim', config: 'cyan', scaling: 'cyan', recreate: 'yellow' },
  ...{ exposure: 'magenta', prune: 'red', broken: 'red', 'data-loss': ['bold', 'red'] },
};

/** A report of differences for a terminal: the headline is bold, and each rank is coloured by how serious it is. */
export function coloredReport(text: string, stream: NodeJS.WritableStream): string {
  const [headline = '', ...lines] = text.split('\n');
  return [styled('bold', headline, stream), ...lines.map((line) => coloredLine(line, stream))].join('\n');
}

function coloredLine(line: string, stream: NodeJS.WritableStream): string {
  const rank = ranks.find((one) => line.startsWith(`  ${rankTitles[one]} `));
  if (rank === undefined) return line;
  const title = rankTitles[rank];
  return `  ${styled(STYLES[rank], title, stream)}${line.slice(2 + title.length)}`;
}
