import { ChartError } from '../../packages/contracts/checks.ts';
import type { AwsCluster, Environment } from '../environments.ts';

/** What addons of the cloud have to know. @throws {ChartError} where the environment is not on AWS */
export function awsOf({ name, aws }: Environment): AwsCluster {
  if (aws === undefined) throw new ChartError(`Environment '${name}'`, [`'aws' must be set`]);
  return aws;
}
