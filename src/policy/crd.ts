import { isObject, type JsonObject } from '../objects/json.js';
import { policyOpenApi } from './openapi.js';
import { apiVersion, policyKind } from './schema.js';

const [group = '', version = ''] = apiVersion.split('/');
const plural = 'virtualnodepolicies';

/** The CustomResourceDefinition of VirtualNodePolicy. The process checks a policy again when it reads it. */
export function policyCrd(): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: {
        kind: policyKind,
        listKind: `${policyKind}List`,
        plural,
        singular: policyKind.toLowerCase(),
        shortNames: ['vnp'],
        categories: ['tidegate'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: 'Mode', type: 'string', jsonPath: '.spec.mode' },
            { name: 'Priority', type: 'integer', jsonPath: '.spec.priority' },
            { name: 'Placement', type: 'string', jsonPath: '.spec.placement.type' },
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
          schema: { openAPIV3Schema: objectSchema() },
        },
      ],
    },
  };
}

/** The API server checks apiVersion, kind and metadata itself and lets a schema say of them only their types. */
function objectSchema(): JsonObject {
  const { properties } = policyOpenApi();
  const spec = isObject(properties) ? properties['spec'] : undefined;
  return {
    type: 'object',
    description: "The platform team's wish which workloads run on serverless virtual nodes, and how.",
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
}
