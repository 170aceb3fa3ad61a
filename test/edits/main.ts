/** `npm run edits [-- NAME...]`: right edits of desired state are green, wrong ones are refused; a table of all. */
import { check, refusal } from './check.ts';
import { saveExample } from './example.ts';
import { rightEdits } from './right.ts';
import { Tree } from './tree.ts';
import { wrongEdits } from './wrong.ts';

const wanted = process.argv.slice(2);
const isWanted = ({ name }: { readonly name: string }): boolean =>
  wanted.length === 0 || wanted.some((part) => name.includes(part));

const indented = (text: string): string => `  ${text.replaceAll('\n', '\n    ')}\n`;

/** @returns a row of the table, and below it what is wrong */
function tryRight(tree: Tree, edit: (typeof rightEdits)[number]): { row: string; wrong: boolean } {
  edit.make(tree);
  const { faults, seconds } = check(tree);
  const words = faults.length === 0 ? 'green' : `red: ${faults.map(({ step }) => step).join(', ')}`;
  const told = faults.map(({ step, said }) => indented(`${step}:\n${said}`)).join('');
  return {
    row: `| ${edit.name} | ${words} | ${seconds.toFixed(0)} s |\n${told}`,
    wrong: faults.length > 0,
  };
}

function tryWrong(tree: Tree, edit: (typeof wrongEdits)[number]): { row: string; wrong: boolean } {
  const start = performance.now();
  edit.make(tree);
  const fault = refusal(tree, edit);
  const words = fault === '' ? 'refused' : 'not refused as it must be';
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  return {
    row: `| ${edit.name} | ${words} | ${seconds} s |\n${fault === '' ? '' : indented(fault)}`,
    wrong: fault !== '',
  };
}

if (wanted.includes('--save')) {
  saveExample();
  process.exit();
}

using tree = Tree.open();
process.stdout.write('| edit | is | in |\n|---|---|---|\n');
const trials = [
  ...wrongEdits.filter(isWanted).map((edit) => () => tryWrong(tree, edit)),
  ...rightEdits.filter(isWanted).map((edit) => () => tryRight(tree, edit)),
];
let failed = 0;
for (const trial of trials) {
  tree.revert();
  const { row, wrong } = trial();
  if (wrong) failed += 1;
  process.stdout.write(row);
}
process.stdout.write(`\n${trials.length - failed} of ${trials.length} as they must be\n`);
process.exitCode = failed === 0 && trials.length > 0 ? 0 : 1;
