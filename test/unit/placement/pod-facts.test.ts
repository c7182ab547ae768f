import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/objects/json.js';
import { readPodFacts } from '../../../src/placement/pod-facts.js';
import { container, pod, type Parts } from '../../support/build.js';
import { deepFreeze } from '../../support/freeze.js';

const factsOf = (spec: Parts, metadata: Parts = {}) => readPodFacts(deepFreeze(pod({ metadata, spec })), '');
const inApp = (parts: Parts) => factsOf({ containers: [container(parts)] });
const inInit = (parts: Parts) => factsOf({ initContainers: [container({ name: 'init', ...parts })] });

describe('host features', () => {
  it.each<[string, Parts, [string, string][]]>([
    ['none', {}, []],
    ['hostNetwork', { hostNetwork: true }, [['hostNetwork', 'the pod']]],
    ['hostNetwork switched off', { hostNetwork: false, hostPID: null }, []],
    ['hostPID', { hostPID: true }, [['hostPID', 'the pod']]],
    ['hostIPC', { hostIPC: true }, [['hostIPC', 'the pod']]],
    [
      'a hostPath',
      { volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] },
      [['hostPath', 'volume logs']],
    ],
    ['a hostPath that is null', { volumes: [{ name: 'logs', hostPath: null, emptyDir: {} }] }, []],
    [
      'a hostPort',
      { containers: [container({ ports: [{ containerPort: 80, hostPort: 80 }] })] },
      [['hostPort', 'container app']],
    ],
    ['a hostPort of 0', { containers: [container({ ports: [{ containerPort: 80, hostPort: 0 }] })] }, []],
    [
      'a privileged init container',
      { initContainers: [container({ name: 'init', securityContext: { privileged: true } })] },
      [['privileged', 'container init']],
    ],
  ])('of a pod with %s', (_, spec, host) => {
    expect([...factsOf(spec).host]).toEqual(host);
  });
});

describe('what some providers refuse', () => {
  const probe = { httpGet: { port: 80 } };

  it.each<[string, Parts, string[]]>([
    ['nothing', {}, []],
    ['an HTTP probe', { livenessProbe: probe }, []],
    ['a TCP probe', { readinessProbe: { tcpSocket: { port: 80 } } }, ['tcpSocketProbe']],
    ['a gRPC probe', { livenessProbe: { grpc: { port: 80 } } }, ['grpcProbe']],
    ['a start-up probe', { startupProbe: probe }, ['startupProbe']],
    [
      'a TCP start-up probe',
      { startupProbe: { tcpSocket: { port: 80 } } },
      ['startupProbe', 'tcpSocketProbe', 'tcpSocketStartupProbe'],
    ],
    ['a lifecycle hook', { lifecycle: { preStop: {} } }, ['lifecycleHook']],
    ['args without a command', { args: ['-v'] }, ['argsWithoutCommand']],
    ['args and an empty command', { args: ['-v'], command: [] }, ['argsWithoutCommand']],
    ['args and a command', { args: ['-v'], command: ['run'] }, []],
    ['empty args', { args: [] }, []],
    ['a GPU', { resources: { limits: { 'nvidia.com/gpu': 1 } } }, ['gpu']],
  ])('in a container with %s', (_, parts, has) => {
    expect([...inApp(parts).has.keys()]).toEqual(has);
  });

  it.each<[string, Parts, string[]]>([
    ['ports', { ports: [{ containerPort: 80 }] }, ['initContainerPorts']],
    ['no ports', { ports: [] }, []],
    ['a probe', { startupProbe: probe }, ['initContainerProbe', 'startupProbe']],
    ['resources', { resources: { requests: { cpu: '1' } } }, ['initContainerResources']],
    ['empty resources', { resources: { requests: {} } }, []],
    ['a lifecycle hook', { lifecycle: { postStart: {} } }, ['initContainerLifecycleHook']],
  ])('in an init container with %s', (_, parts, has) => {
    expect([...inInit(parts).has.keys()]).toEqual(has);
  });

  it.each([
    ['a claim', { persistentVolumeClaim: { claimName: 'a' } }],
    ['a claim made on the fly', { ephemeral: {} }],
  ])('as a volume with %s', (_, source) => {
    expect([...factsOf({ volumes: [{ name: 'data', ...source }] }).has]).toEqual([
      ['persistentVolumeClaim', 'volume data'],
    ]);
  });
});

describe('volumes', () => {
  it('have a type, and a driver with csi', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', csi: { driver: 'file.csi.azure.com' } },
      { name: 'c' },
      { emptyDir: null, configMap: {}, name: 'd' },
    ];
    expect(factsOf({ volumes }).volumes).toEqual([
      { type: 'emptyDir', where: 'volume a', driver: undefined },
      { type: 'csi', where: 'volume b', driver: 'file.csi.azure.com' },
      { type: 'configMap', where: 'volume d', driver: undefined },
    ]);
  });
});

describe('what counts', () => {
  it('is the containers, the init containers and the ports of both', () => {
    const facts = factsOf({
      containers: [container({ ports: [{ containerPort: 9100 }, {}] }), container({ name: 'b' })],
      initContainers: [container({ name: 'init', ports: [{ containerPort: 111 }] })],
    });
    expect(facts.containers).toBe(3);
    expect(facts.ports).toEqual([
      { port: 9100, where: 'container app' },
      { port: 111, where: 'container init' },
    ]);
  });

  it.each<[string, Parts, boolean]>([
    ['no resources', {}, false],
    ['only CPU', { resources: { requests: { cpu: '1' } } }, false],
    ['requests of both', { resources: { requests: { cpu: '1', memory: '1Gi' } } }, true],
    ['limits of both', { resources: { limits: { cpu: '1', memory: '1Gi' } } }, true],
    [
      'one requested, one limited',
      { resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } } },
      true,
    ],
    ['null requests', { resources: { requests: null } }, false],
  ])('tells the size of a pod with %s', (_, parts, sized) => {
    expect(inApp(parts).sized).toBe(sized);
  });

  it('tells the size from the pod itself, and not from an init container', () => {
    const resources = { requests: { cpu: '1', memory: '1Gi' } };
    expect(factsOf({ resources }).sized).toBe(true);
    expect(inInit({ resources }).sized).toBe(false);
  });
});

describe('fields and places', () => {
  it('are the variables that read a field, with their container', () => {
    const env = [
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
      { name: 'A', value: 'b' },
      { name: 'B', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
      { name: 'C', valueFrom: null },
    ];
    expect(inApp({ env }).fields).toEqual([
      { path: 'status.hostIP', variable: 'IP', container: container({ env }), where: 'container app' },
    ]);
  });

  it('are the node name, the selector, the terms and the annotations', () => {
    const term = { matchExpressions: [{ key: 'zone', operator: 'Exists' }] };
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    };
    const spec = { nodeName: 'n1', nodeSelector: { disk: 'ssd' }, affinity };
    expect(factsOf(spec, { annotations: { a: 'b' } })).toMatchObject({
      nodeName: 'n1',
      nodeSelector: { disk: 'ssd' },
      requiredTerms: [term],
      annotations: { a: 'b' },
    });
  });
});

describe('a field of a wrong type', () => {
  it.each<[string, Parts, string]>([
    ['hostNetwork', { hostNetwork: 'true' }, '/t/spec/hostNetwork: expected a boolean, got string'],
    ['containers', { containers: {} }, '/t/spec/containers: expected an array, got object'],
    ['a container', { containers: [null] }, '/t/spec/containers/0: expected an object, got null'],
    ['a volume', { volumes: ['a'] }, '/t/spec/volumes/0: expected an object, got string'],
    [
      'a port',
      { containers: [{ ports: [{ containerPort: '80' }] }] },
      '/t/spec/containers/0/ports/0/containerPort: expected a number, got string',
    ],
    ['args', { containers: [{ args: 'a' }] }, '/t/spec/containers/0/args: expected an array, got string'],
    [
      'a probe',
      { containers: [{ startupProbe: [] }] },
      '/t/spec/containers/0/startupProbe: expected an object, got array',
    ],
    [
      'requests',
      { containers: [{ resources: { requests: [] } }] },
      '/t/spec/containers/0/resources/requests: expected an object, got array',
    ],
    [
      'a field path',
      { containers: [{ env: [{ valueFrom: { fieldRef: { fieldPath: 5 } } }] }] },
      '/t/spec/containers/0/env/0/valueFrom/fieldRef/fieldPath: expected a string, got number',
    ],
    [
      'the node selector',
      { nodeSelector: { a: 1 } },
      '/t/spec/nodeSelector/a: expected a string, got number',
    ],
    [
      'node affinity',
      { affinity: { nodeAffinity: 'a' } },
      '/t/spec/affinity/nodeAffinity: expected an object, got string',
    ],
  ])('is located: %s', (_, spec, message) => {
    expect(() => readPodFacts({ spec } as unknown as JsonObject, '/t')).toThrow(
      new AppError('object-invalid', message),
    );
  });
});
