import { messageOf } from '../../errors.js';
import { managedBy, managedByLabel, policyLabel } from '../../objects/well-known.js';
import type { Verdict } from '../condition.js';

/** What is false says more than what is not known, and that more than what is true. */
export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return ([false, 'unknown', true] as const)
    .map((is) => verdicts.find((one) => one.is === is))
    .find((found) => found !== undefined);
}

export const notManaged: Verdict = {
  is: 'unknown',
  reason: 'NotManaged',
  message: 'the controllers run with --log-configs off: apply what tidegate policy log-config prints',
};
export const crdMissing = (key: string): Verdict => ({
  is: false,
  reason: 'CrdMissing',
  message: `the cluster has no CustomResourceDefinition ${key}: no log is collected until its log component is installed`,
});
export const unreadable = (key: string, fault: unknown): Verdict => ({
  is: 'unknown',
  reason: 'Unreadable',
  message: `${key}: ${messageOf(fault)}`,
});
export const notOurs = (title: string, label: string): Verdict => ({
  is: false,
  reason: 'NotOurs',
  message: `${title} is another's: delete it, or label it ${managedByLabel}=${managedBy},${policyLabel}=${label}`,
});
export const observing = (title: string): Verdict => ({
  is: 'unknown',
  reason: 'Observing',
  message: `${title} would be applied`,
});
export const pending = (title: string): Verdict => ({
  is: 'unknown',
  reason: 'Pending',
  message: `${title} is applied; its controller has not answered yet`,
});
export const notWritten = (error: unknown): Verdict => ({
  is: false,
  reason: 'NotWritten',
  message: messageOf(error),
});
export const contested = (apply: readonly { readonly name: string }[]): Verdict => ({
  is: false,
  reason: 'Contested',
  message: `somebody changes ${apply.map(({ name }) => name).join(', ')}: it is applied again in a while`,
});
