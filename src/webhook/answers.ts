import { reasons, type Reason } from '../policy/reasons.js';
import type { ReviewRequest } from './review.js';
import type { Verdict } from './verdict.js';

/** Stored by the API server as `<webhook name>/<key>`. */
export function auditOf(verdict: Verdict): Readonly<Record<string, string>> {
  return {
    verdict: verdict.kind,
    reason: verdict.because,
    ...(verdict.policy === undefined ? {} : { policy: verdict.policy }),
  };
}

/**
 * What the person who deploys is told: what failed, what a policy wanted and could not have, what it would do. A
 * placement that works says nothing, and the cluster's own controllers are told nothing.
 */
export function warningsOf(verdict: Verdict, request: Pick<ReviewRequest, 'username'>): readonly string[] {
  if (isController(request.username)) return [];
  const sentence = reasons[verdict.because];
  switch (verdict.kind) {
    case 'failed':
      return [`tidegate left it unchanged: ${sentence}`];
    case 'skipped':
      return isNews(verdict) ? [`tidegate did not move it: ${sentence}`] : [];
    case 'observed':
      return [
        `tidegate only observes (policy ${verdict.policy ?? ''}): ${verdict.plan.operations.length} changes`,
      ];
    case 'patched':
    case 'unchanged':
      return sizeWarning(verdict.passage?.sizedBy);
    default:
      return verdict satisfies never;
  }
}

const sizeWarning = (provider: string | undefined): string[] =>
  provider === undefined
    ? []
    : [`tidegate: without resource requests, ${provider} sizes and bills it by its default`];

const isController = (username: string): boolean =>
  username.startsWith('system:serviceaccount:kube-system:') ||
  (username.startsWith('system:') && !username.startsWith('system:serviceaccount:'));

/** Somebody wanted it and could not have it; being left out by choice is no news. */
const isNews = (verdict: Verdict): boolean =>
  verdict.gate === true || 'error' in verdict || mistakes.has(verdict.because);

/** A workload asks for a policy that it cannot have. */
const mistakes: ReadonlySet<Reason> = new Set(['policy-unknown', 'policy-not-selectable']);
