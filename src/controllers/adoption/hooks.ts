import type { Client } from '../../kube/client.js';
import { kindOf } from '../../kube/errors.js';
import type { KubeObject } from '../../kube/object.js';
import { pages } from '../../kube/pages.js';
import { resources } from '../../kube/resource.js';
import { isObject, type JsonObject } from '../../objects/json.js';
import { compileSelector, type Labels } from '../../objects/selector.js';
import { optInLabel, optInValue } from '../../objects/well-known.js';
import { workloadsWebhook } from '../../webhook/configuration.js';
import { selectorsOf } from '../../webhook/selectors.js';

/**
 * The entries by which API servers ask us about workloads, of all releases.
 *
 * @throws {KubeError}
 */
export async function workloadHooks(client: Pick<Client, 'list'>): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const { webhooks } of pages(client, resources.mutatingWebhooks))
    if (Array.isArray(webhooks)) found.push(...webhooks.filter(isOurs));
  return found;
}

const isOurs = (hook: unknown): hook is JsonObject => isObject(hook) && hook['name'] === workloadsWebhook;

/** Whether the webhook's selectors let a workload through, or would if its namespace opted in. */
export type IsAsked = (workload: KubeObject, namespaceLabels: Labels) => boolean;

/**
 * By the configurations that there are. Where there is none yet, or they may not be read, all are let through.
 *
 * @throws {KubeError}
 */
export async function readIsAsked(client: Pick<Client, 'list'>): Promise<IsAsked> {
  const hooks = (await hooksIfAllowed(client)).map(selectorsOf).map(({ namespaces, objects }) => ({
    ofNamespace: compileSelector(namespaces),
    ofObject: compileSelector(objects),
  }));
  if (hooks.length === 0) return () => true;
  return ({ metadata: { labels = {} } }, namespaceLabels) => {
    const optedIn = { ...namespaceLabels, [optInLabel]: optInValue };
    return hooks.some(({ ofNamespace, ofObject }) => ofNamespace(optedIn) && ofObject(labels));
  };
}

async function hooksIfAllowed(client: Pick<Client, 'list'>): Promise<readonly JsonObject[]> {
  try {
    return await workloadHooks(client);
  } catch (error) {
    if (kindOf(error) === 'forbidden') return [];
    throw error;
  }
}
