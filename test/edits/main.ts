/**
 * `npm run edits [-- NAME...]`: right edits of desired state are green, wrong ones are refused; a table of all.
 *
 * Right edits that touch different things are made together in one tree, which is formatted, linted, rendered,
 * compiled and tested as a pull request that holds them all would be. Where anything is red, each of them is tried
 * alone, which names the one that is at fault.
 */
import { check, type Found, refusal } from './check.ts';
import type { Edit } from './edit.ts';
import { saveExample } from './example.ts';
import { rightEdits } from './right.ts';
import { Tree } from './tree.ts';
import { type WrongEdit, wrongEdits } from './wrong.ts';

const wanted = process.argv.slice(2);
const isWanted = ({ name }: { readonly name: string }): boolean =>
  wanted.length === 0 || wanted.some((part) => name.includes(part));

let [tried, failed] = [0, 0];

/** Prints a row of the table, and below it what is wrong. */
function row(name: string, is: string, seconds: number, faults: readonly string[]): void {
  const below = faults.map((text) => `  ${text.replaceAll('\n', '\n    ')}\n`).join('');
  process.stdout.write(`| ${name} | ${is} | ${seconds.toFixed(0)} s |\n${below}`);
  tried += 1;
  if (faults.length > 0) failed += 1;
}

function rightRow(name: string, { faults, seconds }: Found): void {
  const is = faults.length === 0 ? 'green' : `red: ${faults.map(({ step }) => step).join(', ')}`;
  const texts = faults.map(({ step, said }) => `${step}:\n${said}`);
  row(name, is, seconds, texts);
}

function tryWrong(tree: Tree, edit: WrongEdit): void {
  const start = performance.now();
  edit.make(tree);
  const fault = refusal(tree, edit);
  const seconds = (performance.now() - start) / 1000;
  row(
    edit.name,
    fault === '' ? 'refused' : 'not refused as it must be',
    seconds,
    fault === '' ? [] : [fault],
  );
}

/** Each edit in the smallest group that does not decide the same; one that removes is a group. */
function groupsOf(edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const groups: Edit[][] = [];
  const deciding = edits.filter(({ removes, decides }) => !removes && decides);
  const others = edits.filter(({ removes, decides }) => !removes && !decides);
  for (const edit of [...deciding, ...others]) {
    const takes = (group: readonly Edit[]): boolean =>
      !edit.decides || group.every(({ decides }) => decides !== edit.decides);
    const [group] = groups.filter(takes).toSorted((one, other) => one.length - other.length);
    if (group === undefined) groups.push([edit]);
    else group.push(edit);
  }
  return [...groups, ...edits.filter(({ removes }) => removes).map((edit) => [edit])];
}

/** @throws {Error} where one of them was made in place of another: they decide the same */
function makeAll(tree: Tree, edits: readonly Edit[]): void {
  tree.revert();
  for (const { make } of edits) make(tree);
  if (!tree.holdsAll()) throw new Error(`not all of these fit in one tree: ${namesOf(edits)}`);
}

const namesOf = (edits: readonly Edit[]): string => edits.map(({ name }) => name).join('; ');

/** All of a group at once; where it is red, each of it alone. */
function tryRight(tree: Tree, group: readonly Edit[]): void {
  makeAll(tree, group);
  const found = check(tree, 'related');
  if (found.faults.length === 0) for (const { name } of group) rightRow(name, share(found, group));
  else if (group.length === 1) rightRow(namesOf(group), found);
  else {
    const said = found.faults.map((fault) => fault.said).join('\n');
    process.stdout.write(`together red, each alone: ${namesOf(group)}\n${said}\n`);
    for (const edit of group) tryRight(tree, [edit]);
  }
}

const share = ({ seconds, faults }: Found, { length }: readonly Edit[]): Found => ({
  ...{ faults, seconds: seconds / length },
});

if (wanted.includes('--save')) {
  saveExample();
  process.exit();
}

using tree = Tree.open();
process.stdout.write('| edit | is | in |\n|---|---|---|\n');
for (const edit of wrongEdits.filter(isWanted)) {
  tree.revert();
  tryWrong(tree, edit);
}
for (const group of groupsOf(rightEdits.filter(isWanted))) tryRight(tree, group);
process.stdout.write(`\n${tried - failed} of ${tried} as they must be\n`);
process.exitCode = failed === 0 && tried > 0 ? 0 : 1;
