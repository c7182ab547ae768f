import type { JsonObject } from '../objects/json.js';

/**
 * Creates objects by @kubernetes/client-node's own client, as any tool of a user does, and not by ours: for showing
 * that the webhook needs no help from who deploys.
 */
export async function stockCreator(kubeconfig: string): Promise<(object: JsonObject) => Promise<void>> {
  const { KubeConfig, KubernetesObjectApi } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = KubernetesObjectApi.makeApiClient(config);
  return async (object) => {
    await api.create(object);
  };
}
