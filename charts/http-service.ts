import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Identity, metadataOf, selectorOf } from './labels.ts';
import { HTTP_PORT, HTTP_PORT_NAME } from './pod.ts';

export interface HttpServiceProps extends Identity {
  /** The Service's own name. @default the workload's */
  readonly serviceName?: string;
}

/** Leads to the one port that every service of this repository answers on. */
export class HttpService extends Construct {
  constructor(scope: Construct, id: string, props: HttpServiceProps) {
    super(scope, id);
    new k8s.KubeService(this, 'service', {
      metadata: metadataOf(props, props.serviceName),
      spec: {
        selector: selectorOf(props),
        ports: [
          { name: HTTP_PORT_NAME, port: HTTP_PORT, targetPort: k8s.IntOrString.fromString(HTTP_PORT_NAME) },
        ],
      },
    });
  }
}
