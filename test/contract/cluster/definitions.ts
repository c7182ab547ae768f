import { policyCrd } from '../../../src/policy/crd.js';
import { eventually, type Api } from './behaviour.js';

export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const policies = '/apis/tidegate.io/v1alpha1/virtualnodepolicies';

interface Definition {
  readonly metadata: { readonly name: string };
}

const isEstablished = (conditions: readonly { type: string; status: string }[]) =>
  conditions.some(({ type, status }) => type === 'Established' && status === 'True');

export async function define(api: Api, definition: Definition): Promise<void> {
  await api.post(definitions, definition);
  await eventually('it is established', async () => {
    const { body } = await api.get(`${definitions}/${definition.metadata.name}`);
    return isEstablished(body.status?.conditions ?? []) ? true : undefined;
  });
}

/** A definition is served a moment after it is established. */
export const served = (api: Api, path: string) =>
  eventually('it is served', async () => ((await api.get(path)).status === 200 ? true : undefined));

/** VirtualNodePolicies are served from then on. */
export async function definePolicies(api: Api): Promise<void> {
  await define(api, policyCrd() as unknown as Definition);
  await served(api, policies);
}
