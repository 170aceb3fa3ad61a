import type { AwsCluster, Environment } from '../../environments/environment.ts';
import { ChartError } from '../../packages/contracts/checks.ts';

/** What addons of the cloud have to know. @throws {ChartError} where the environment is not on AWS */
export function awsOf({ name, aws }: Environment): AwsCluster {
  if (aws === undefined) throw new ChartError(`Environment '${name}'`, [`'aws' must be set`]);
  return aws;
}
