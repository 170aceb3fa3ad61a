/** The scanners: Go programs, built once and cached as every tool of the test cluster. */
import type { Tool } from '../../packages/testbed/lib/tools.ts';

export const kubeScore: Tool = {
  name: 'kube-score',
  module: 'github.com/zegl/kube-score',
  packages: ['github.com/zegl/kube-score/cmd/kube-score'],
  minutes: 1,
};

export const kubeconform: Tool = {
  name: 'kubeconform',
  module: 'github.com/yannh/kubeconform',
  packages: ['github.com/yannh/kubeconform/cmd/kubeconform'],
  minutes: 0.5,
};

export const kubesec: Tool = {
  name: 'kubesec',
  module: 'github.com/controlplaneio/kubesec/v2',
  packages: ['github.com/controlplaneio/kubesec/v2'],
  minutes: 0.5,
};

/** Trivy's own checks of manifests in a main of their own. */
export const trivyConfig: Tool = {
  name: 'trivy-config',
  module: 'github.com/aquasecurity/trivy',
  packages: ['.'],
  minutes: 2,
};
