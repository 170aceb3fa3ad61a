/** The desired state of this repository: what tells commands apart from the engines, which take any. */
import { environments } from '../environments/index.ts';
import { writeDist } from '../packages/manifests/dist.ts';
import type { Application } from './application.ts';
import { platform } from './platform/index.ts';
import { type DesiredState, render } from './rendering.ts';
import { workloads } from './workloads/index.ts';

/** Everything that is wanted, of every environment. */
export const applications: readonly Application[] = platform(workloads);

/** What this repository wants. */
export const desiredState: DesiredState = { environments, applications };

// `cdk8s synth` runs this file and names the directory.
if (import.meta.main) writeDist(process.env.CDK8S_OUTDIR ?? 'dist', render(desiredState));
