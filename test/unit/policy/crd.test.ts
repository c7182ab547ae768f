import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../../src/objects/json.js';
import { policyCrd } from '../../../src/policy/crd.js';
import { fieldsAt } from '../../../src/policy/openapi.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import { customStrategy } from '../../../src/sim/admission/kinds/custom.js';
import { Faults } from '../../../src/sim/api/status.js';
import { customKind } from '../../../src/sim/kinds/custom.js';
import type { Draft } from '../../../src/sim/store/object.js';
import { policySets } from '../../support/arbitrary/policy.js';
import { faultyPolicies } from '../../support/faulty-policies.js';
import { policy, policyDocument } from '../../support/policy.js';

const crd = policyCrd() as { metadata: { name: string }; spec: Record<string, Json> };
const [version] = crd.spec['versions'] as unknown as [Record<string, JsonObject>];
const root = version['schema']!['openAPIV3Schema'] as JsonObject;

interface Node {
  readonly path: string;
  readonly schema: JsonObject;
}
/** Every schema of a value: of a member, an item, an additional property. */
function walk(schema: JsonObject, path = ''): Node[] {
  const members = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const rest = [
    ['[]', schema['items']],
    ['*', schema['additionalProperties']],
  ] as const;
  return [
    { path, schema },
    ...[...members, ...rest].flatMap(([key, inner]) =>
      isObject(inner) ? walk(inner, `${path}.${key}`) : [],
    ),
  ];
}

/** What apiextensions.k8s.io/v1 knows of a schema and a structural schema may hold. */
const allowed = new Set(
  `type format description default enum pattern minLength maxLength minimum maximum minItems maxItems required properties additionalProperties items x-kubernetes-validations x-kubernetes-preserve-unknown-fields
   x-kubernetes-list-type x-kubernetes-list-map-keys`.split(/\s+/),
);

describe('policyCrd', () => {
  it('names the resource as the API server demands', () => {
    expect(crd.metadata.name).toBe('virtualnodepolicies.tidegate.io');
    expect(crd.spec).toMatchObject({
      group: 'tidegate.io',
      scope: 'Cluster',
      names: { kind: 'VirtualNodePolicy', plural: 'virtualnodepolicies', shortNames: ['vnp'] },
    });
    expect(version).toMatchObject({
      name: 'v1alpha1',
      served: true,
      storage: true,
      subresources: { status: {} },
    });
    const columns = version['additionalPrinterColumns'] as unknown as { name: string; jsonPath: string }[];
    expect(columns.map(({ name }) => name)).toEqual([
      'Mode',
      'Priority',
      'Placement',
      'Accepted',
      'Active',
      'Because',
      'Placed',
      'Missed',
      'Outdated',
      'Left-Alone',
      'Logs',
      'Age',
    ]);
  });

  it.each(walk(root).map((node) => [node.path || 'the root', node] as const))(
    'is structural at %s',
    (_, { schema }) => {
      expect(Object.keys(schema).filter((key) => !allowed.has(key))).toEqual([]);
      expect(['object', 'array', 'string', 'integer', 'boolean']).toContain(schema['type']);
      expect('properties' in schema && 'additionalProperties' in schema).toBe(false);
      expect(schema['type'] === 'array').toBe('items' in schema);
      const { properties = {}, required = [] } = schema as { properties?: object; required?: string[] };
      expect(required.filter((key) => !Object.hasOwn(properties, key))).toEqual([]);
    },
  );

  it('demands of a policy its placement alone', () => {
    expect(root['required']).toEqual(['spec']);
    expect((root['properties'] as Record<string, JsonObject>)['spec']!['required']).toEqual(['placement']);
  });

  it('fills in the same defaults as reading a file', () => {
    const { metadata, ...document } = policyDocument('a', {
      logs: { destinations: [] },
      env: [{ name: 'A' }],
    });
    const filled = withDefaults(root, document as JsonObject) as { spec: object };
    const { logs, env, ...rest } = filled.spec as Record<string, Json>;
    expect(metadata).toEqual({ name: 'a' });
    expect({ ...rest, env: [] }).toEqual(policy('a').spec);
    expect(logs).toEqual({ sources: ['stdout'], destinations: [] });
    expect(env).toEqual([{ name: 'A', override: false }]);
  });

  it('keeps the options of a provider as they are', () => {
    const open = walk(root).filter(({ schema }) => schema['x-kubernetes-preserve-unknown-fields'] === true);
    expect(open.map(({ path }) => path)).toEqual(['.spec.placement.providers.[].options']);
  });

  it.each(
    walk(root).flatMap(({ path, schema }) =>
      schema['pattern'] === undefined ? [] : [[path, schema['pattern']]],
    ),
  )('writes at %s a pattern that RE2 reads', (_, pattern) => {
    expect(pattern).not.toMatch(/\(\?[=!<]|\\[1-9]/);
  });
});

describe('the rules of the definition', () => {
  const strategy = customStrategy(customKind({ ...crd, metadata: { name: 'crd' } } as never)!.custom!);

  function said(document: unknown): readonly string[] {
    const faults = new Faults();
    const draft = structuredClone(document) as Draft;
    strategy.defaults?.(draft);
    strategy.validate?.(draft, faults);
    return faults.causes.map(({ field, message }) => `${field}: ${message}`);
  }

  it('let every policy pass that is without a fault', () => {
    fc.assert(
      fc.property(policySets(), (policies) => {
        expect(policies.flatMap(said)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(faultyPolicies.map((one) => [one.why, one] as const))('refuse %s', (_, { spec, field, says }) => {
    const [first = ''] = said(policyDocument('a', spec));
    expect(first.startsWith(`${field}: `)).toBe(true);
    expect(first).toContain(says);
  });

  it('say what is wrong in the words of a file that is read', () => {
    const spec = { env: [{ name: 'A' }] };
    const parsed = parsePolicy(policyDocument('a', spec));
    expect(parsed.ok ? [] : parsed.faults.map(({ message }) => message)).toEqual([
      'expected exactly one of value, valueFrom, got an object',
    ]);
    expect(said(policyDocument('a', spec))).toEqual([
      'spec.env[0]: Invalid value: expected exactly one of value, valueFrom',
    ]);
  });

  it.each(walk(root).filter(({ path, schema }) => path.startsWith('.spec') && 'items' in schema))(
    'cost no more than the API server allows: $path is bounded',
    ({ schema }) => {
      expect(schema['maxItems']).toBeLessThanOrEqual(256);
    },
  );

  it.each([
    ['an unknown provider', { placement: { type: 'VirtualOnly', providers: [{ name: 'nobody' }] } }],
    [
      'an unknown option',
      { placement: { type: 'VirtualOnly', providers: [{ name: 'kwok', options: { a: 1 } }] } },
    ],
    [
      'a label key with two slashes',
      { match: { workloads: { selector: { matchLabels: { 'a/b/c': 'x' } } } } },
    ],
  ])('cannot see %s, which is refused when the policy is read', (_, spec) => {
    expect(said(policyDocument('a', spec))).toEqual([]);
    expect(parsePolicy(policyDocument('a', spec)).ok).toBe(false);
  });
});

describe('fieldsAt', () => {
  it.each([
    ['the document', [], ['apiVersion', 'kind', 'metadata', 'spec']],
    ['an item', ['spec', 'placement', 'providers', 3], ['name', 'weight', 'options', 'deletionCost']],
    ['free options', ['spec', 'placement', 'providers', 0, 'options'], []],
    ['an unknown place', ['spec', 'nowhere', 0], []],
  ])('lists the fields of %s', (_, path, fields) => {
    expect(fieldsAt(path)).toEqual(fields);
  });
});

/** As apiextensions does it: a missing member with a default gets it, then its own members. */
function withDefaults(schema: JsonObject, value: Json): Json {
  if (Array.isArray(value))
    return (value as Json[]).map((item) => withDefaults(schema['items'] as JsonObject, item));
  if (!isObject(value) || !isObject(schema['properties'])) return value;
  const filled: Record<string, Json> = {};
  for (const [key, member] of Object.entries(schema['properties']) as [string, JsonObject][]) {
    const present = value[key] ?? member['default'];
    if (present !== undefined) filled[key] = withDefaults(member, present);
  }
  return filled;
}
