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
            { name: 'Accepted', type: 'string', jsonPath: conditionPath('Accepted') },
            { name: 'Active', type: 'string', jsonPath: conditionPath('Active') },
            { name: 'Because', type: 'string', jsonPath: conditionPath('Active', 'reason'), priority: 1 },
            { name: 'Placed', type: 'integer', jsonPath: '.status.workloads.placed' },
            { name: 'Missed', type: 'integer', jsonPath: '.status.workloads.missed' },
            { name: 'Outdated', type: 'integer', jsonPath: '.status.workloads.outdated', priority: 1 },
            { name: 'Left-Alone', type: 'integer', jsonPath: '.status.workloads.leftAlone', priority: 1 },
            { name: 'Logs', type: 'string', jsonPath: conditionPath('LogsReady'), priority: 1 },
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
      status: statusSchema,
    },
  };
}

const conditionPath = (type: string, field = 'status'): string =>
  `.status.conditions[?(@.type=="${type}")].${field}`;

const text = (description: string, more: JsonObject = {}): JsonObject => ({
  type: 'string',
  description,
  ...more,
});
const count = (description: string): JsonObject => ({
  type: 'integer',
  format: 'int32',
  minimum: 0,
  description,
});
const generation = (description: string): JsonObject => ({ type: 'integer', format: 'int64', description });

/** `metav1.Condition`, with its own bounds (k8s.io/apimachinery/pkg/apis/meta/v1/types.go). */
const conditionSchema: JsonObject = {
  type: 'object',
  required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
  properties: {
    type: text(
      'Accepted: nothing is wrong with it. Active: it serves. LogsReady: the log CR that it needs is at work.',
      { maxLength: 316 },
    ),
    status: text('Whether it is so', { enum: ['True', 'False', 'Unknown'] }),
    observedGeneration: generation('The generation that this says something of'),
    lastTransitionTime: text('When the status became what it is', { format: 'date-time' }),
    reason: text('Why, in one word', { minLength: 1, maxLength: 1024 }),
    message: text('Why, for people', { maxLength: 32_768 }),
  },
};

const skippedSchema: JsonObject = {
  type: 'object',
  required: ['reason', 'count'],
  properties: { reason: text('An id of docs/policy.md'), count: count('How many') },
};

/** Written by the controllers. */
const statusSchema: JsonObject = {
  type: 'object',
  description: 'What became of the policy',
  properties: {
    observedGeneration: generation('The newest generation that was read'),
    conditions: {
      type: 'array',
      description: 'Accepted, Active, LogsReady',
      items: conditionSchema,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
    workloads: {
      type: 'object',
      description: 'CronJobs that the policy decides about',
      properties: {
        placed: count('Placed as it wants them'),
        missed: count('Not placed: they were there first, or the webhook was away'),
        outdated: count('Placed otherwise than it wants by now'),
        leftAlone: count('Left alone, all in all'),
        skipped: {
          type: 'array',
          description: 'Left alone, by reason',
          items: skippedSchema,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['reason'],
        },
      },
    },
  },
};
