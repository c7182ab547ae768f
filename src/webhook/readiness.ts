/** How far the policies are. */
export interface PolicyStatus {
  /** How many serve. Absent until the first load. */
  readonly loaded?: number | undefined;
  /** Of what serves, to compare replicas. */
  readonly hash?: string | undefined;
  /** What is wrong with the newest files, while the last good ones serve. */
  readonly fault?: string | undefined;
}

/** Of the cluster that is watched. */
export interface ClusterStatus {
  /** Nodes, Namespaces and pending pods have been listed once. */
  readonly synced: boolean;
}

export interface CertificateStatus {
  /** When each ends, in milliseconds since the epoch. */
  readonly expiry: { readonly serving: number; readonly clientCa?: number | undefined };
  /** What is wrong with the newest files, while the last good ones serve. */
  readonly fault?: string | undefined;
}

/** Whether the API server trusts the certificate that serves. */
export interface TrustStatus {
  /** Undefined until that was asked once. */
  readonly trusted: boolean | undefined;
  readonly fault: string | undefined;
}

export interface Readiness {
  /** Is a Service to send requests here? All is loaded that answers depend on, and the process is not ending. */
  readonly ready: boolean;
  readonly draining: boolean;
  readonly policies: PolicyStatus;
  readonly cluster?: ClusterStatus;
  readonly configuration?: TrustStatus;
  /** What a role lacks, as `list nodes`. */
  readonly denied?: readonly string[];
  readonly certificates: {
    /** ISO 8601. */
    readonly servingUntil: string;
    readonly clientCaUntil?: string;
    readonly fault?: string | undefined;
  };
}

export interface ReadinessDeps {
  readonly policies: () => PolicyStatus;
  readonly cluster?: () => ClusterStatus;
  /** Absent where nobody asks for it. */
  readonly configuration?: () => TrustStatus;
  readonly certificates: () => CertificateStatus;
  /** Absent: nothing. */
  readonly denied: () => Pick<Readiness, 'denied'>;
  readonly draining: () => boolean;
}

/** A fault in a newer file does not make a process unready: what it last read serves, in every replica alike. */
export function createReadiness(deps: ReadinessDeps): () => Readiness {
  return () => {
    const policies = deps.policies();
    const cluster = deps.cluster?.();
    const configuration = deps.configuration?.();
    const draining = deps.draining();
    const isLoaded = policies.loaded !== undefined && cluster?.synced !== false;
    return {
      ready: !draining && isLoaded && isTrusted(configuration),
      draining,
      policies,
      ...(cluster ? { cluster } : {}),
      ...(configuration ? { configuration } : {}),
      ...deps.denied(),
      certificates: toldOf(deps.certificates()),
    };
  };
}

const isTrusted = (configuration: TrustStatus | undefined): boolean =>
  configuration === undefined || configuration.trusted === true;

const toldOf = ({ expiry, fault }: CertificateStatus): Readiness['certificates'] => ({
  servingUntil: new Date(expiry.serving).toISOString(),
  ...(expiry.clientCa === undefined ? {} : { clientCaUntil: new Date(expiry.clientCa).toISOString() }),
  fault,
});
