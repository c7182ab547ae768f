import { z } from 'zod';
import type { Json } from '../objects/json.js';
import { workloadKinds } from '../objects/workload.js';
import { placementTypes } from '../providers/provider.js';
import { demanding, exactlyOne } from './demand.js';
import {
  broker,
  configMapKey,
  deletionCost,
  envName,
  envValue,
  fieldPath,
  httpUrl,
  int32,
  kafkaTopic,
  labelValue,
  logName,
  logSource,
  namespaceGlob,
  namespaceName,
  providerName,
  qualifiedName,
  subdomain,
} from './formats.js';

/**
 * The single source of the policy: its type, defaults, messages, the CRD and the table of `docs/policy.md`.
 * `openapi` metadata, and the CEL rule of a demand, say to the CRD what a refinement says here. Lists are bounded, so
 * that the API server can tell what a rule costs.
 */

export const apiVersion = 'tidegate.io/v1alpha1';
export const policyKind = 'VirtualNodePolicy';
export const namespaceKind = 'Namespace';
export const policyModes = ['Enforce', 'Observe'] as const;
export const logDestinationKinds = ['kafka', 'sls', 'cls'] as const;
export const otlpProtocols = ['grpc', 'http/protobuf', 'http/json'] as const;

const requirement = demanding(
  z.strictObject({
    key: qualifiedName,
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(labelValue).max(128).exactOptional(),
  }),
  {
    error: 'expected at least one value with In and NotIn, and none with Exists and DoesNotExist',
    holds: ({ operator, values = [] }) => ['In', 'NotIn'].includes(operator) === values.length > 0,
    rule: "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
    member: 'values',
  },
);

const labelSelector = z
  .strictObject({
    matchLabels: z.record(qualifiedName, labelValue).exactOptional(),
    matchExpressions: z.array(requirement).max(32).exactOptional(),
  })
  .describe('A Kubernetes label selector; empty: all');

const kafka = z
  .strictObject({
    brokers: z.array(broker).min(1).max(32).describe('Brokers as host:port'),
    topic: kafkaTopic.describe('Topic'),
  })
  .describe('Straight to Kafka');
const sls = z
  .strictObject({ project: logName.describe('Project'), logstore: logName.describe('Logstore') })
  .describe('Alibaba Cloud Log Service');
const cls = z
  .strictObject({ logset: logName.describe('Logset, by name'), topic: logName.describe('Topic, by id') })
  .describe('Tencent Cloud Log Service');

const destination = demanding(
  z.strictObject({
    kafka: kafka.exactOptional(),
    sls: sls.exactOptional(),
    cls: cls.exactOptional(),
  }),
  exactlyOne(logDestinationKinds),
);

const keyRef = z.strictObject({
  name: subdomain.describe('Name of the object'),
  key: configMapKey.describe('Key in it'),
  optional: z.boolean().exactOptional().describe('Start without it where it is absent'),
});

const valueFrom = demanding(
  z.strictObject({
    fieldRef: z
      .strictObject({
        apiVersion: z.literal('v1').exactOptional().describe('Version of the field names'),
        fieldPath: fieldPath.describe('A field such as metadata.name or status.podIP'),
      })
      .exactOptional()
      .describe('A field of the pod'),
    secretKeyRef: keyRef.exactOptional().describe('A key of a Secret'),
    configMapKeyRef: keyRef.exactOptional().describe('A key of a ConfigMap'),
  }),
  exactlyOne(['fieldRef', 'secretKeyRef', 'configMapKeyRef']),
);

const envVar = demanding(
  z.strictObject({
    name: envName.describe('Name'),
    value: envValue.exactOptional().describe('Value; or valueFrom'),
    valueFrom: valueFrom.exactOptional().describe('Where the value comes from; or value'),
    override: z.boolean().default(false).describe("Replaces the user's variable of this name"),
  }),
  exactlyOne(['value', 'valueFrom']),
);

const provider = z.strictObject({
  name: providerName.describe('A preset of docs/providers.md'),
  weight: z
    .int32()
    .min(1)
    .max(100)
    .exactOptional()
    .describe(
      'Weight of its preferred node affinity; absent: 100 for the first, 10 less for each next, at least 1',
    ),
  options: z
    .record(z.string(), z.custom<Json>())
    .prefault({})
    .describe("The preset's own options, checked by the preset")
    .meta({ openapi: { 'x-kubernetes-preserve-unknown-fields': true } }),
  deletionCost: deletionCost
    .exactOptional()
    .describe("Mark of pods on this provider's nodes; absent: that of scaleIn"),
});

const namespaces = z.strictObject({
  names: z.array(namespaceGlob).min(1).max(64).default(['*']).describe('Globs; one must fit'),
  selector: labelSelector.prefault({}).describe("Over the Namespace's labels; empty: all"),
});

const workloads = z.strictObject({
  kinds: z
    .array(z.enum(workloadKinds))
    .min(1)
    .max(workloadKinds.length)
    .default(['CronJob'])
    .describe('Kinds of workload'),
  selector: labelSelector.prefault({}).describe("Over the workload's own labels; empty: all"),
});

const spec = z.strictObject({
  mode: z
    .enum(policyModes)
    .default('Enforce')
    .describe('Enforce patches; Observe patches nothing and says what would change'),
  priority: int32.default(0).describe('The highest match wins, ties go to the lower name'),
  rolloutPercent: z
    .int32()
    .min(0)
    .max(100)
    .default(100)
    .describe('Share of the matching workloads that is placed, by a stable hash'),
  match: z
    .strictObject({
      namespaces: namespaces.prefault({}).describe('Which namespaces'),
      workloads: workloads.prefault({}).describe('Which workloads in these namespaces'),
      selectable: z
        .boolean()
        .default(false)
        .describe(
          'Whether a workload may choose this policy by annotation where it does not match by itself',
        ),
    })
    .prefault({})
    .describe('Which workloads the policy is for'),
  placement: z
    .strictObject({
      type: z
        .enum(placementTypes)
        .describe('Virtual nodes and no others, virtual nodes first, or real nodes first'),
      providers: z
        .array(provider)
        .min(1)
        .max(16)
        .refine(haveUniqueNames, { error: 'expected each provider once' })
        .describe('Providers in order of preference')
        .meta({ openapi: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] } }),
    })
    .describe('Where the pods go'),
  scheduling: z
    .strictObject({ schedulerName: subdomain.describe('Set where the pod has the default one') })
    .exactOptional()
    .describe('Which scheduler binds the pods'),
  logs: z
    .strictObject({
      sources: z.array(logSource).min(1).max(32).default(['stdout']).describe('stdout and absolute globs'),
      destinations: z
        .array(destination)
        .min(1)
        .max(16)
        .describe('Each provider takes the first that it can write to; one kind an entry'),
    })
    .exactOptional()
    .describe('Log collection without a node agent'),
  tracing: z
    .strictObject({
      jaeger: z
        .strictObject({
          collectorEndpoint: httpUrl.describe('Where spans go'),
          samplingEndpoint: httpUrl.describe(
            'Where the sampler asks; without it clients go on polling an agent',
          ),
        })
        .exactOptional()
        .describe('For Jaeger clients'),
      otlp: z
        .strictObject({
          endpoint: httpUrl.describe('Base address of the collector'),
          protocol: z
            .enum(otlpProtocols)
            .default('http/protobuf')
            .describe('Sent along, because SDKs differ in their default'),
        })
        .exactOptional()
        .describe('For OpenTelemetry SDKs'),
    })
    .exactOptional()
    .describe('Trace collectors in place of node agents'),
  startup: z
    .strictObject({
      imageCache: z.boolean().default(false).describe("Use the provider's image cache"),
      reuseSandbox: z.boolean().default(false).describe('Reuse what an earlier run of the workload left'),
    })
    .exactOptional()
    .describe('Start-up knobs, where the provider has them'),
  scaleIn: z
    .strictObject({
      deletionCost: deletionCost
        .default(-100)
        .describe('Mark of pods on virtual nodes: the lower goes first'),
      invertOnRollout: z
        .boolean()
        .default(false)
        .describe('Turn the mark round while a rollout is under way'),
    })
    .prefault({})
    .describe('Which pods go first when a workload shrinks'),
  resilience: z
    .strictObject({
      unreachableSeconds: z
        .int32()
        .min(0)
        .describe('How long a pod stays bound to a virtual node that is not ready or unreachable'),
    })
    .exactOptional()
    .describe('Patience with virtual nodes that are away for a while'),
  env: z
    .array(envVar)
    .max(256)
    .refine(haveUniqueNames, { error: 'expected each variable once' })
    .default([])
    .describe('Variables for every container')
    .meta({ openapi: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] } }),
});

export const policySchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(policyKind),
  metadata: z.object({ name: subdomain.describe('Name of the policy') }),
  spec,
});

/** A Namespace beside the policies: gives its labels where no cluster is there to ask. The rest of it is left out. */
export const namespaceSchema = z.object({
  apiVersion: z.literal('v1'),
  kind: z.literal(namespaceKind),
  metadata: z.object({
    name: namespaceName,
    labels: z.record(qualifiedName, labelValue).prefault({}),
  }),
});
export type NamespaceDocument = z.output<typeof namespaceSchema>;

function haveUniqueNames(entries: readonly { readonly name: string }[]): boolean {
  return new Set(entries.map((entry) => entry.name)).size === entries.length;
}
