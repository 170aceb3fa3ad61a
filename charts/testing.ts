import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { ChartError } from '../packages/contracts/checks.ts';

/** The objects that are built, as data. */
export function objectsOf(build: (scope: Construct) => unknown) {
  const scope = new Chart(Testing.app(), 'test');
  build(scope);
  return scope.toJson();
}

/** Every fault that building reports; none where all is well. */
export function faultsOf(build: (scope: Construct) => unknown): readonly string[] {
  try {
    objectsOf(build);
  } catch (error) {
    if (error instanceof ChartError) return error.faults;
    throw error;
  }
  return [];
}
