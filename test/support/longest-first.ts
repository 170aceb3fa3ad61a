import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node';

/** Where files go that are not named. */
type Unnamed = 'first' | 'last';

/**
 * An order of test files in which the long ones begin early, so that no worker is left with one at the end. Vitest
 * knows how long a file takes only where it ran before, and begins with the largest else.
 * @param files ends of paths, the longest first; groups of projects keep their order
 */
export function longestFirst(files: readonly string[], unnamed: Unnamed): TestSequencerConstructor {
  const rankOf = ({ moduleId }: TestSpecification): number => {
    const rank = files.findIndex((file) => moduleId.endsWith(`/${file}`));
    return rank === -1 && unnamed === 'last' ? files.length : rank;
  };
  const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder ?? 0;
  return class LongestFirst extends BaseSequencer {
    override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(specifications);
      return sorted.toSorted((a, b) => groupOf(a) - groupOf(b) || rankOf(a) - rankOf(b));
    }
  };
}
