import { describe, expect, test } from 'vitest';
import type { Suite } from '../test/suites.ts';
import { startBuilding } from './tools.ts';

const suite = (name: string): Suite => ({ name, config: '', tests: [], tools: [], inCi: true });
const [quick, slow, broken] = [suite('quick'), suite('slow'), suite('broken')];

/** A builder that is this program. */
const builder = (program: string) => [process.execPath, '-e', program, '--'];

const known = ({ count, failures }: Awaited<ReturnType<ReturnType<typeof startBuilding>['ready']>>) => [
  count.failed,
  failures,
];

describe('the tools of a suite', () => {
  test('are ready while those of another are still built, which end with the run', async () => {
    const building = startBuilding(builder("console.log('ready quick'); setInterval(() => {}, 1000)"), [
      quick,
      slow,
    ]);
    expect(known(await building.ready([quick]))).toEqual([0, []]);
    building.stop();
    expect(known(await building.ready([slow]))).toEqual([1, ['tools of slow']]);
  });

  test('fail alone', async () => {
    const building = startBuilding(
      builder("console.log('failed broken\\nready quick'); process.exitCode = 1"),
      [broken, quick],
    );
    expect(known(await building.ready([broken]))).toEqual([1, ['tools of broken']]);
    expect(known(await building.ready([quick]))).toEqual([0, []]);
    building.stop();
  });

  test('fail where nothing can be built at all', async () => {
    const building = startBuilding(['no-such-program'], [quick]);
    expect(known(await building.ready([quick]))).toEqual([1, ['tools of quick']]);
    building.stop();
  });
});
