import { parseScalerConfig, type ScalerConfig, ScalerConfigError } from '@sluice/policy';
import { ConfigurationError } from '../contracts/checks.ts';
import { onceForFields } from './memo.ts';
import { type DesiredObject, isFields, titleOf } from './objects.ts';
import { checkTree } from './yaml.ts';

/** The configuration of an environment's scaler, and the ConfigMap that holds it. */
export interface RenderedScalerConfig {
  readonly configMap: DesiredObject;
  readonly config: ScalerConfig;
}

/**
 * The scaler's configurations among rendered objects: documents of ConfigMaps that have its two keys.
 * @throws {ConfigurationError} with every fault of one that the scaler would refuse
 */
export const scalerConfigsOf = (
  command: string,
  objects: Iterable<DesiredObject>,
): readonly RenderedScalerConfig[] =>
  [...objects]
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap((configMap) => documentsOf(configMap).map((data) => read(command, configMap, data)));

/** The configurations in one ConfigMap that this version's scaler takes; what it refuses is left out. */
export const scalerConfigsIn = onceForFields((fields): readonly ScalerConfig[] =>
  documentsOf({ fields }).flatMap((data) => {
    try {
      return [parseScalerConfig(data)];
    } catch (error) {
      if (!(error instanceof ScalerConfigError)) throw error;
      return [];
    }
  }),
);

/** What the scaler would refuse in a ConfigMap; empty where it takes all of it, or holds none. */
export const scalerFaultsIn = onceForFields((fields): readonly string[] =>
  documentsOf({ fields }).flatMap((data) => {
    try {
      parseScalerConfig(data);
      return [];
    } catch (error) {
      if (!(error instanceof ScalerConfigError)) throw error;
      return error.faults;
    }
  }),
);

const documentsOf = onceForFields((fields): readonly unknown[] => {
  const texts = isFields(fields.data) ? Object.values(fields.data) : [];
  return texts.flatMap((text) => {
    const document = typeof text === 'string' ? jsonOf(text) : undefined;
    return isFields(document) && 'pollSeconds' in document && 'workloads' in document ? [document] : [];
  });
});

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    checkTree(value);
    return value;
  } catch {
    return undefined;
  }
}

function read(command: string, configMap: DesiredObject, data: unknown): RenderedScalerConfig {
  try {
    return { configMap, config: parseScalerConfig(data) };
  } catch (error) {
    if (!(error instanceof ScalerConfigError)) throw error;
    throw new ConfigurationError(
      command,
      error.faults.map((fault) => `${titleOf(configMap)} of ${configMap.environment}: ${fault}`),
    );
  }
}
