/** The projects of Argo, built as they publish them; versions are in tools/NAME/go.mod. */
import type { Tool } from './lib/tools.ts';

const cdModule = 'github.com/argoproj/argo-cd/v3';

/** One binary, `cmd`, whose part is chosen by ARGOCD_BINARY_NAME. */
export const argoCd: Tool = { name: 'argo-cd', module: cdModule, packages: [`${cdModule}/cmd`], minutes: 7 };

const rolloutsModule = 'github.com/argoproj/argo-rollouts';

export const argoRollouts: Tool = {
  name: 'argo-rollouts',
  module: rolloutsModule,
  packages: [`${rolloutsModule}/cmd/rollouts-controller`],
  minutes: 5,
};
