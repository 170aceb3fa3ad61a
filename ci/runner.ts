/**
 * Vitest's runner for suites whose files last minutes: a file whose turn comes after CI_LAST_BEGIN (milliseconds since
 * 1970) is skipped whole, hooks too, and marked as late for the reporter. One that has begun goes on.
 */
import { type RunnerTask, type RunnerTestFile, TestRunner } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    late?: true;
  }
}

function skip(task: RunnerTask): void {
  task.mode = 'skip';
  if (task.type === 'suite') for (const child of task.tasks) skip(child);
}

// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default class PunctualRunner extends TestRunner {
  onCollected(files: readonly RunnerTestFile[]): void {
    const last = Number(process.env.CI_LAST_BEGIN ?? Number.POSITIVE_INFINITY);
    if (Date.now() <= last) return;
    for (const file of files) {
      skip(file);
      file.meta.late = true;
    }
  }
}
