/** The fields of objects that operators read, as far as these tests do. */
import type { Strings } from './shapes.ts';

/** Kind -> what an object of it has, beside its metadata. */
export interface OperatorKinds {
  IngressRoute: {
    readonly spec: {
      readonly routes: readonly {
        readonly match: string;
        readonly services: readonly { readonly kind: string; readonly name: string }[];
      }[];
    };
  };
  VirtualService: { readonly spec: { readonly hosts: readonly string[] } };
  TraefikService: {
    readonly spec: {
      readonly weighted: { readonly services: readonly { readonly name: string; readonly port: string }[] };
    };
  };
  Middleware: { readonly spec: { readonly basicAuth?: { readonly secret: string } } };
  /** KEDA's, with what it makes an HPA of. @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
  ScaledObject: { readonly spec: { readonly scaleTargetRef: { readonly name: string } } };
  TriggerAuthentication: {
    readonly spec: { readonly secretTargetRef?: readonly { readonly name: string }[] };
  };
  ServiceMonitor: {
    readonly spec: {
      readonly namespaceSelector: { readonly matchNames: readonly string[] };
      readonly selector: { readonly matchLabels: Strings };
      readonly endpoints: readonly { readonly port: string }[];
    };
  };
  Certificate: { readonly spec: { readonly secretName: string } };
  Elasticsearch: {
    readonly spec: { readonly secureSettings?: readonly { readonly secretName: string }[] };
  };
  Bundle: {
    readonly spec: {
      readonly target: {
        readonly configMap: { readonly key: string };
        readonly namespaceSelector: { readonly matchExpressions: readonly { readonly values: string[] }[] };
      };
    };
  };
  ExternalSecret: {
    readonly spec: {
      readonly target: { readonly name: string };
      readonly data: readonly { readonly secretKey: string }[];
    };
  };
}
