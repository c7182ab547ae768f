import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { formatFault, policyError, readPolicySet } from '../../../src/sources/policy-set.js';
import { policy, policyDocument } from '../../support/policy.js';

const yaml = (name: string, spec: Record<string, unknown> = {}) => stringify(policyDocument(name, spec));
const namespace = (name: string, labels: Record<string, string> = {}) =>
  stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const files = (...texts: string[]) => texts.map((text, i) => ({ file: `${i}.yaml`, text }));
const faultsOf = (...texts: string[]) => readPolicySet(files(...texts)).faults.map(formatFault);

describe('readPolicySet', () => {
  it('reads policies and Namespaces of all documents of all files', () => {
    const { set, faults } = readPolicySet(
      files(`${yaml('a')}---\n${namespace('apps', { team: 'data' })}`, yaml('b')),
    );
    expect(faults).toEqual([]);
    expect(set.policies).toEqual([policy('a'), policy('b')]);
    expect([...set.namespaces]).toEqual([['apps', { team: 'data', 'kubernetes.io/metadata.name': 'apps' }]]);
  });

  it('reports all faults of all files at once, in order, with file, line, column and path', () => {
    const broken = [
      'apiVersion: tidegate.io/v1alpha1',
      'kind: VirtualNodePolicy',
      'metadata: {name: a}',
      'spec:',
      '  placement:',
      '    type: Somewhere',
      '    providers:',
      '      - name: kwok',
      '        options: {speed: 9}',
      '      - {name: mars}',
      '  priority: high',
      '  priority: 2',
      '',
    ].join('\n');
    expect(faultsOf(broken, 'kind: Pod\n', '- x\n', 'a: [\n')).toEqual([
      '0.yaml:6:5: spec.placement.type: expected one of VirtualOnly, PreferVirtual, PreferReal, got "Somewhere"',
      '0.yaml:9:19: spec.placement.providers[0].options.speed: unknown option "speed": kwok has no options',
      '0.yaml:10:10: spec.placement.providers[1].name: expected one of alibaba-acs, alibaba-eci, aws-fargate, azure-aci, azure-vn2, huawei-cci, kwok, liqo, oci-virtual-node, tencent-supernode, virtual-kubelet, volcengine-vci, got "mars"',
      '0.yaml:12:3: expected each key once, got priority again',
      '1.yaml:1:1: kind: expected a document of kind VirtualNodePolicy or Namespace, got "Pod"',
      '2.yaml:1:1: expected a document of kind VirtualNodePolicy or Namespace, got a list of 1',
      expect.stringMatching(/^3\.yaml:2:1: Flow sequence/),
    ]);
  });

  it('refuses a name that another file has', () => {
    expect(faultsOf(yaml('a'), yaml('b'), `${namespace('x')}---\n${yaml('a')}`, namespace('x'))).toEqual([
      '2.yaml:10:3: metadata.name: expected a name of its own, got "a", which is at 0.yaml:4 too',
      '3.yaml:4:3: metadata.name: expected a name of its own, got "x", which is at 2.yaml:4 too',
    ]);
  });

  it.each([
    ['another apiVersion', { apiVersion: 'v2', kind: 'Namespace', metadata: { name: 'a' } }, 'apiVersion'],
    ['no name', { apiVersion: 'v1', kind: 'Namespace', metadata: {} }, 'metadata.name'],
    [
      'a label that is no string',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: { x: true } } },
      'metadata.labels.x',
    ],
  ])('refuses a Namespace with %s', (_, document, path) => {
    expect(readPolicySet(files(stringify(document))).faults).toMatchObject([{ path }]);
  });

  it('gives one hash to the same content, whatever its order, files, comments and spelled-out defaults', () => {
    const hash = (...texts: string[]) => readPolicySet(files(...texts)).set.hash;
    const one = hash(
      yaml('a', { match: { workloads: { selector: { matchLabels: { x: '1', y: '2' } } } } }),
      yaml('b'),
    );
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(
      hash(
        `# the other way round\n${yaml('b', { priority: 0 })}---\n`,
        yaml('a', { match: { workloads: { selector: { matchLabels: { y: '2', x: '1' } } } } }),
      ),
    ).toBe(one);
    expect(hash(yaml('a'), yaml('b'))).not.toBe(one);
    expect(hash(yaml('a'), yaml('b'), namespace('n'))).not.toBe(hash(yaml('a'), yaml('b')));
  });

  it('answers any text with documents or located faults, and throws nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const { set, faults } = readPolicySet([{ file: 'f', text }]);
        expect(set.policies).toEqual([]);
        for (const fault of faults) expect(formatFault(fault)).toMatch(/^f:\d+:\d+: /);
      }),
    );
  });

  it('answers a policy with any one member replaced by anything with a policy or located faults', () => {
    const whole = policyDocument('a', {
      match: { namespaces: { names: ['a'], selector: {} }, workloads: { kinds: ['Job'] } },
      logs: { sources: ['stdout'], destinations: [{ kafka: { brokers: ['k:1'], topic: 't' } }] },
      tracing: { otlp: { endpoint: 'http://o:1' } },
      env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    });
    fc.assert(
      fc.property(fc.nat(), fc.jsonValue(), (where, value) => {
        const text = stringify(replaceMember(whole, where, value));
        const { set, faults } = readPolicySet([{ file: 'f', text }]);
        expect(set.policies.length === 1 || faults.length > 0).toBe(true);
      }),
    );
  });
});

describe('policyError', () => {
  it('says how many faults there are and lists them', () => {
    const fault = { file: 'a.yaml', line: 3, column: 5, path: 'spec.mode', message: 'wrong' };
    const whole = { file: 'b.yaml', path: '', message: 'cannot be read' };
    expect(policyError([fault, whole]).message).toBe(
      '2 faults in the policies:\na.yaml:3:5: spec.mode: wrong\nb.yaml: cannot be read',
    );
    expect(policyError([fault]).message).toMatch(/^1 fault in the policies:\n/);
    expect(policyError([fault]).code).toBe('policy-invalid');
  });
});

/** The `where`-th member of a tree (modulo their number), replaced. */
function replaceMember(tree: unknown, where: number, value: unknown): unknown {
  const copy: unknown = structuredClone(tree);
  const members: [Record<string, unknown>, string][] = [];
  const collect = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      members.push([node as Record<string, unknown>, key]);
      collect((node as Record<string, unknown>)[key]);
    }
  };
  collect(copy);
  const [parent, key] = members[where % members.length]!;
  parent[key] = value;
  return copy;
}
