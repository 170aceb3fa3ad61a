/**
 * `npm run edits [-- NAME...]`: right edits of desired state are green, wrong ones are refused; a table of all.
 *
 * Each right edit is rendered, compiled and linted alone. The tests run over as many edits at once as can be made in
 * one tree; where they fail, they run again over each of these alone, which names the one that is red.
 */
import { check, checkSources, type Found, refusal } from './check.ts';
import { saveExample } from './example.ts';
import { type Edit, rightEdits } from './right.ts';
import { Tree } from './tree.ts';
import { type WrongEdit, wrongEdits } from './wrong.ts';

/** A red test among more edits costs more runs to name. */
const MOST_TOGETHER = 8;

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

/** @returns whether all of them could be made in one tree, as it stood */
function makeAll(tree: Tree, edits: readonly Edit[]): boolean {
  tree.revert();
  try {
    for (const { make } of edits) make(tree);
    return true;
  } catch {
    return false;
  }
}

/** Edits by the first group that takes them; one that removes is a group. */
function groupsOf(tree: Tree, edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const groups: Edit[][] = [];
  for (const edit of edits.filter(({ removes }) => !removes)) {
    const takes = (group: readonly Edit[]): boolean =>
      group.length < MOST_TOGETHER && makeAll(tree, [...group, edit]);
    const group = groups.find(takes);
    if (group === undefined) groups.push([edit]);
    else group.push(edit);
  }
  return [...groups, ...edits.filter(({ removes }) => removes).map((edit) => [edit])];
}

/** The tests over a group; where they fail, over each of it alone. */
function tryTests(tree: Tree, group: readonly Edit[]): void {
  tree.revert();
  for (const { make } of group) make(tree);
  const found = check(tree, 'related');
  const names = group.map(({ name }) => name).join(', ');
  if (found.faults.length === 0 || group.length === 1) {
    rightRow(`tests: ${names}`, found);
    return;
  }
  process.stdout.write(`| tests: ${names} | red: each alone | ${found.seconds.toFixed(0)} s |\n`);
  for (const edit of group) tryTests(tree, [edit]);
}

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
const right = rightEdits.filter(isWanted);
for (const edit of right) {
  tree.revert();
  edit.make(tree);
  rightRow(edit.name, checkSources(tree));
}
for (const group of groupsOf(tree, right)) tryTests(tree, group);
process.stdout.write(`\n${tried - failed} of ${tried} as they must be\n`);
process.exitCode = failed === 0 && tried > 0 ? 0 : 1;
