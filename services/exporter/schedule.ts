/**
 * Runs each task once an interval, spread evenly over it. A task that still runs is not started again.
 * @returns stops the schedule; a current run continues
 */
export function everyInterval(seconds: number, tasks: readonly (() => Promise<void>)[]): () => void {
  const intervalMs = seconds * 1000;
  const timers = new Map<number, NodeJS.Timeout>();
  for (const [index, task] of tasks.entries()) {
    const run = exclusively(task);
    const begin = (): void => {
      timers.set(index, setInterval(run, intervalMs));
      run();
    };
    timers.set(index, setTimeout(begin, (intervalMs * index) / tasks.length));
  }
  return () => {
    for (const timer of timers.values()) clearTimeout(timer);
  };
}

function exclusively(task: () => Promise<void>): () => void {
  let running = false;
  return () => {
    if (running) return;
    running = true;
    void task().finally(() => {
      running = false;
    });
  };
}
