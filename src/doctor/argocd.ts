import type { Names } from './check.js';

/** What an Argo CD Application that installs the chart has to say, as docs/gitops.md shows it. */
export const argoStanza = ({ fullname }: Pick<Names, 'fullname'>): string => `spec:
  ignoreDifferences:
    - group: admissionregistration.k8s.io
      kind: MutatingWebhookConfiguration
      name: ${fullname}
      jqPathExpressions: [".webhooks[]?.clientConfig.caBundle"]
  syncPolicy:
    syncOptions: [RespectIgnoreDifferences=true]
`;
