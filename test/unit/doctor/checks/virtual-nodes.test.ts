import { describe, expect, it } from 'vitest';
import { judgeNodes } from '../../../../src/doctor/checks/virtual-nodes.js';
import { object, said } from '../../../support/doctor.js';
import { policy } from '../../../support/policy.js';

interface NodeParts {
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
  readonly ready?: string;
  readonly unschedulable?: boolean;
}

const vk = { type: 'virtual-kubelet' };
const taint = (value: string) => ({ key: 'virtual-kubelet.io/provider', value, effect: 'NoSchedule' });

const node = (
  name: string,
  { labels = vk, taints = [taint('alibabacloud')], ready = 'True', unschedulable }: NodeParts = {},
) =>
  object({
    metadata: { name, labels },
    spec: { taints, unschedulable },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  });

const wants = (type: string, ...names: readonly string[]) =>
  policy('night', { placement: { type, providers: names.map((name) => ({ name })) } });

const eci = wants('VirtualOnly', 'alibaba-eci');

describe('virtual-nodes', () => {
  it('are there', () => {
    expect(said(judgeNodes([eci], [node('a'), node('b')]))).toEqual([
      'ok: virtual nodes that are ready: alibaba-eci has 2',
    ]);
  });

  it('are a fault where a policy has no other place, and a warning where it has', () => {
    const none = 'no node is one of alibaba-eci: what policy night places stays pending';
    expect(said(judgeNodes([eci], []))).toEqual([`fault: ${none}`]);
    const elsewhere = 'no node is one of alibaba-eci: what policies want there goes elsewhere';
    expect(said(judgeNodes([wants('PreferReal', 'alibaba-eci')], []))).toEqual([`warning: ${elsewhere}`]);
    const two = wants('VirtualOnly', 'alibaba-eci', 'kwok');
    const kwok = node('k', {
      labels: { type: 'kwok' },
      taints: [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }],
    });
    expect(said(judgeNodes([two], [kwok]))).toEqual([`warning: ${elsewhere}`]);
  });

  it('are a fault where a node has the labels and not the taint, with the taint as the remedy', () => {
    const found = judgeNodes([eci], [node('a', { taints: [] })]);
    expect(said(found)).toEqual([
      'fault: node a has the labels of alibaba-eci and not its taint: it is taken for an ordinary one, and any pod may land there',
    ]);
    expect(found[0]?.remedy).toBe('kubectl taint node a virtual-kubelet.io/provider=alibabacloud:NoSchedule');
  });

  it("are not there where the node is another cloud's", () => {
    const found = judgeNodes([eci], [node('a', { taints: [taint('azure')] })]);
    expect(found[0]?.reason).toContain('no node is one of alibaba-eci');
  });

  it('are a warning where a taint that may be switched off is', () => {
    const generic = wants('VirtualOnly', 'virtual-kubelet');
    const found = judgeNodes([generic], [node('a', { taints: [] })]);
    expect(said(found)).toEqual([
      'warning: node a has no taint virtual-kubelet.io/provider: pods that nobody has moved may land there',
    ]);
    expect(found[0]?.remedy).toBe('kubectl taint node a virtual-kubelet.io/provider=VALUE:NoSchedule');
  });

  it.each([
    ['not ready', { ready: 'Unknown' }],
    ['cordoned', { unschedulable: true }],
  ])('are a fault where all are %s', (_, parts) => {
    expect(said(judgeNodes([eci], [node('a', parts)]))).toEqual([
      'fault: no node of alibaba-eci is ready and open for pods (a): what policy night places stays pending',
    ]);
    expect(judgeNodes([eci], [node('a', parts), node('b')])).toMatchObject([{ status: 'ok' }]);
  });

  it('come with their pods where something outside of them makes both', () => {
    expect(said(judgeNodes([wants('VirtualOnly', 'aws-fargate')], []))).toEqual([
      'skipped: aws-fargate has no node now: they come with pods of an EKS Fargate profile',
    ]);
  });

  it('are skipped without a policy', () => {
    expect(judgeNodes([], [])).toMatchObject([{ status: 'skipped' }]);
  });
});
