import { ARGOCD_NAMESPACE } from '../../argocd/names.ts';
import { type ArgoCdSettings, argoCdParameters, argoCdSettings } from '../../argocd/settings.ts';
import type { Addon } from './addon.ts';

interface Values {
  readonly configs: {
    readonly cm: ArgoCdSettings;
    readonly params: Readonly<Record<string, string>>;
  };
}

/** Argo CD, by itself: its own release is an Application like any other. */
export const argoCd: Addon<Values> = {
  name: 'argo-cd',
  namespace: { name: ARGOCD_NAMESPACE },
  stage: 'platform',
  confirmPrune: true,
  values: () => ({ configs: { cm: argoCdSettings({}), params: argoCdParameters } }),
};
