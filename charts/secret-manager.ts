import type { IClusterSecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { clusterLabels } from './labels.ts';
import { wave } from './wave.ts';

export interface SecretManagerProps {
  /** The name by which ExternalSecrets ask for it. */
  readonly name: string;
  /** For example 'eu-central-1'. */
  readonly region: string;
}

/**
 * AWS Secrets Manager, as External Secrets reads it: with the permissions of its own pods, so that no key is kept.
 * @throws {ChartError} with every fault of the props
 */
export class SecretManager extends Construct {
  constructor(scope: Construct, id: string, props: SecretManagerProps) {
    super(scope, id);
    const { name, region } = props;
    new Checks(`SecretManager '${name}'`)
      .dnsLabel('name', name)
      .that(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), `'region' (${region}) must be such as eu-central-1`)
      .done();
    const { apiVersion, kind, spec } = clusterSecretStore(region);
    new ApiObject(this, 'store', {
      apiVersion,
      kind,
      metadata: { name, labels: { ...clusterLabels }, annotations: wave('namespace') },
      spec,
    });
  }
}

const clusterSecretStore = (region: string): IClusterSecretStore => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
  spec: { provider: { aws: { service: 'SecretsManager', region } } },
});
