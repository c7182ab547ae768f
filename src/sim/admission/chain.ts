import { deepEqual } from '../../objects/json.js';
import type { AdmissionChain, Core, Review } from '../api/call.js';
import { runPlugins } from './plugins.js';
import { WebhookClient } from './webhooks/client.js';
import { dispatchMutating, dispatchValidating, Reinvocation } from './webhooks/dispatch.js';
import { createHookSource } from './webhooks/hook.js';
import type { Hook, HookType } from './webhooks/hook.js';
import { isExempt } from './webhooks/match.js';

/** Plug-ins, then webhooks, and both again where a webhook changed the object. */
export function createAdmission(): AdmissionChain & { close(): void } {
  const client = new WebhookClient();
  const sources = new WeakMap<Core, (type: HookType) => readonly Hook[]>();
  const hooksOf = (core: Core, type: HookType, review: Review): readonly Hook[] => {
    if (isExempt(review)) return [];
    const source = sources.get(core) ?? createHookSource(core.store);
    sources.set(core, source);
    return source(type);
  };
  return {
    async mutate(core, review) {
      runPlugins(core, review);
      const hooks = hooksOf(core, 'mutating', review);
      if (hooks.length === 0) return;
      const reinvocation = new Reinvocation();
      await dispatchMutating(core, client, hooks, review, reinvocation);
      if (!reinvocation.needed) return;
      reinvocation.round = 1;
      const before = structuredClone(review.object);
      runPlugins(core, review);
      if (!deepEqual(before, review.object)) reinvocation.changed();
      await dispatchMutating(core, client, hooks, review, reinvocation);
    },
    async validate(core, review) {
      const hooks = hooksOf(core, 'validating', review);
      if (hooks.length > 0) await dispatchValidating(core, client, hooks, review);
    },
    close: () => {
      client.close();
    },
  };
}
