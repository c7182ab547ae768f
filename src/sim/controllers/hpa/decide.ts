/** How often a HorizontalPodAutoscaler is looked at (kube-controller-manager --horizontal-pod-autoscaler-sync-period). */
export const syncMs = 15_000;

/** Changes below a tenth are left (--horizontal-pod-autoscaler-tolerance). */
const tolerance = 0.1;

/** A scale-down takes the highest wish of the last five minutes (--horizontal-pod-autoscaler-downscale-stabilization). */
const stabilisationMs = 300_000;

export interface Wish {
  readonly at: number;
  readonly replicas: number;
}

export interface HpaInput {
  readonly current: number;
  /** Load per ready pod over what one should bear. */
  readonly ratio: number;
  readonly min: number;
  readonly max: number;
  /** Earlier wishes, oldest first. */
  readonly wishes: readonly Wish[];
  readonly now: number;
}

/**
 * The next size: ceil(current × ratio), never down before the wish has lasted, never up by more than double or four
 * pods at once (pkg/controller/podautoscaler: GetResourceReplicas, stabilizeRecommendation, the default scale-up rules).
 */
export function decideHpa(input: HpaInput): { readonly replicas: number; readonly wishes: readonly Wish[] } {
  const { current, ratio, min, max, now } = input;
  const wish = ratio >= 1 - tolerance && ratio <= 1 + tolerance ? current : Math.ceil(round(current * ratio));
  const recent = [
    ...input.wishes.filter(({ at }) => at > now - stabilisationMs),
    { at: now, replicas: wish },
  ];
  const stable =
    wish < current ? Math.min(current, Math.max(...recent.map(({ replicas }) => replicas))) : wish;
  const limited = Math.min(stable, Math.max(2 * current, current + 4));
  return { replicas: Math.max(min, Math.min(max, limited)), wishes: recent };
}

/** Keeps 2.0000000000000004 from being rounded up to 3. */
const round = (value: number): number => Math.round(value * 1e9) / 1e9;
