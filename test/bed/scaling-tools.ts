/** The other scaling back-ends, built as their projects publish them; versions are in tools/NAME/go.mod. */
import type { Tool } from './lib/tools.ts';

const adapterModule = 'sigs.k8s.io/prometheus-adapter';

export const prometheusAdapter: Tool = {
  name: 'prometheus-adapter',
  module: adapterModule,
  packages: [`${adapterModule}/cmd/adapter`],
  minutes: 3,
};

const kedaModule = 'github.com/kedacore/keda/v2';

export const keda: Tool = {
  name: 'keda',
  module: kedaModule,
  packages: ['operator', 'adapter'].map((program) => `${kedaModule}/cmd/${program}`),
  minutes: 8,
};
