import { messageOf } from '../../errors.js';
import type { Controller } from '../controller.js';
import type { ControllerContext } from '../registry.js';
import { createPolicyStatus } from './index.js';

/** Policies of files have no status. */
export function policyStatus(context: ControllerContext): Controller | undefined {
  const { policies } = context;
  if (policies === undefined) return undefined;
  return createPolicyStatus({
    ...context,
    policies,
    onFailed: (policy, error) => {
      context.log.warn({ policy, error: messageOf(error) }, 'status not written, will be tried again');
    },
  });
}
