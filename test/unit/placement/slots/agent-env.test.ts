import { describe, expect, it } from 'vitest';
import type { EnvVar } from '../../../../src/objects/pod.js';
import { agentVariables, keptAgents } from '../../../../src/placement/slots/agent-env.js';

const hostIp = (name: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } });
const plain = (name: string, value: string): EnvVar => ({ name, value });

const agent = 'JAEGER_AGENT_HOST';
const endpoint = 'JAEGER_ENDPOINT';
const names = [agent, endpoint];

describe('agentVariables', () => {
  it.each<[string, EnvVar[], string[]]>([
    ['no variables', [], []],
    ['an address of the node', [hostIp(agent)], [agent]],
    ['a plain value', [plain(agent, 'jaeger.tracing')], []],
    ['an address of the pod', [{ name: agent, valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }], []],
    ['a secret', [{ name: agent, valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }], []],
    ['another name that reads the address of the node', [hostIp('NODE_IP')], []],
    ['a reference to such a name', [hostIp('NODE_IP'), plain(agent, '$(NODE_IP)')], [agent]],
    ['a reference within a text', [hostIp('IP'), plain(endpoint, 'http://$(IP):14268')], [endpoint]],
    ['a reference over two steps', [hostIp('A'), plain('B', '$(A)'), plain(agent, '$(B)')], [agent]],
    [
      'a reference to a variable further down, which is not expanded',
      [plain(agent, '$(IP)'), hostIp('IP')],
      [],
    ],
    ['an escaped reference, which is text', [hostIp('IP'), plain(agent, '$$(IP)')], []],
    ['a dollar before a reference', [hostIp('IP'), plain(agent, '$$$(IP)')], [agent]],
    ['a plain value behind the address', [hostIp(agent), plain(agent, 'jaeger')], []],
    ['the address behind a plain value', [plain(agent, 'jaeger'), hostIp(agent)], [agent]],
    ['a null value', [{ name: agent, value: null, valueFrom: null } as never], []],
    ['a value of a wrong type', [{ name: agent, value: 5, valueFrom: 'a' } as never], []],
  ])('of %s', (_, entries, agents) => {
    expect([...agentVariables(entries, names)]).toEqual(agents);
  });

  it('is none where no name is asked for', () => {
    expect(agentVariables([hostIp(agent)], []).size).toBe(0);
  });
});

describe('keptAgents', () => {
  const kept = (entries: EnvVar[], container: object = {}, replaced: string[] = []) => [
    ...keptAgents(container as never, entries, agentVariables(entries, names), (name) =>
      replaced.includes(name),
    ),
  ];

  it.each<[string, EnvVar[], object, [string, string][]]>([
    ['nothing refers to it', [hostIp(agent), plain('A', 'b')], {}, []],
    [
      'a variable refers to it',
      [hostIp(agent), plain('ADDR', '$(JAEGER_AGENT_HOST):6831')],
      {},
      [[agent, 'ADDR']],
    ],
    [
      'an argument refers to it',
      [hostIp(agent)],
      { args: ['--agent=$(JAEGER_AGENT_HOST)'] },
      [[agent, 'args']],
    ],
    [
      'the command refers to it',
      [hostIp(agent)],
      { command: ['run', '$(JAEGER_AGENT_HOST)'] },
      [[agent, 'command']],
    ],
    [
      'a mount refers to it',
      [hostIp(agent)],
      { volumeMounts: [{ name: 'v', subPathExpr: '$(JAEGER_AGENT_HOST)' }] },
      [[agent, 'a volumeMount']],
    ],
    ['an argument escapes it', [hostIp(agent)], { args: ['$$(JAEGER_AGENT_HOST)'] }, []],
    [
      'only another address that goes refers to it',
      [hostIp(agent), plain(endpoint, 'http://$(JAEGER_AGENT_HOST):14268')],
      {},
      [],
    ],
    [
      'an address that is kept is made of it',
      [hostIp(agent), plain(endpoint, 'http://$(JAEGER_AGENT_HOST)'), plain('URL', '$(JAEGER_ENDPOINT)/api')],
      {},
      [
        [endpoint, 'URL'],
        [agent, endpoint],
      ],
    ],
    ['fields have other types', [hostIp(agent)], { args: 'a', command: [5], volumeMounts: [null] }, []],
  ])('where %s', (_, entries, container, expected) => {
    expect(kept(entries, container)).toEqual(expected);
  });

  it('knows that a replaced variable refers to nothing any more', () => {
    expect(kept([hostIp(agent), plain('ADDR', '$(JAEGER_AGENT_HOST)')], {}, ['ADDR'])).toEqual([]);
  });
});
