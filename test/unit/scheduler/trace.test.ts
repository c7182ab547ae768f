import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.js';
import { traceOf } from '../../../src/scheduler/trace.js';

const at = (seconds: number): string => `2026-03-01T00:00:${String(seconds).padStart(2, '0')}Z`;
const ms = (seconds: number): number => Date.parse('2026-03-01T00:00:00Z') + seconds * 1000;

const job = {
  metadata: {
    name: 'report-1',
    namespace: 'shop',
    uid: 'job',
    creationTimestamp: at(1),
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-03-01T00:00:00Z' },
  },
  spec: { backoffLimit: 0 },
  status: {
    succeeded: 1,
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: at(40) }],
  },
} as unknown as KubeObject;

const pod = (name: string, story: object, status: object, made: number): KubeObject =>
  ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: at(made),
      annotations: { 'tidegate.io/scheduling': JSON.stringify(story) },
    },
    spec: { nodeName: `node-of-${name}` },
    status,
  }) as unknown as KubeObject;

const turnedAway = pod(
  'a',
  { lane: 'virtual', provider: 'alibaba-eci', job: ms(1.2), seen: ms(1.3), bound: ms(1.31) },
  {
    phase: 'Failed',
    reason: 'ProviderFailed',
    message: 'the specified instance is out of stock',
    conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: at(3) }],
  },
  1,
);
const ran = pod(
  'b',
  { lane: 'ordinary', seen: ms(13.5), bound: ms(13.52) },
  {
    phase: 'Succeeded',
    startTime: at(14),
    containerStatuses: [{ state: { terminated: { startedAt: at(20), finishedAt: at(39), exitCode: 0 } } }],
  },
  13,
);
const event = {
  metadata: { name: 'e', creationTimestamp: at(3) },
  reason: 'PlacementRefused',
  message: 'node-of-a turned it away',
  involvedObject: { kind: 'Pod', name: 'a', uid: 'a' },
  lastTimestamp: at(3),
} as unknown as KubeObject;

describe('the trace of a Job', () => {
  it('tells every stage of every pod in order, with how exact each time is', () => {
    const steps = traceOf({ job, pods: [ran, turnedAway], events: [event] });
    expect(
      steps.map((step) => [(step.at - ms(0)) / 1000, step.grain, step.what, step.of, step.detail]),
    ).toEqual([
      [0, 's', 'due', 'job/report-1', ''],
      [1, 's', 'job made', 'job/report-1', ''],
      [1, 's', 'pod made', 'pod/a', ''],
      [1.2, 'ms', 'job seen', 'job/report-1', ''],
      [1.3, 'ms', 'pod seen', 'pod/a', ''],
      [1.31, 'ms', 'bound', 'pod/a', 'to node-of-a, alibaba-eci'],
      [3, 's', 'turned away', 'pod/a', 'ProviderFailed: the specified instance is out of stock'],
      [3, 's', 'PlacementRefused', 'pod/a', 'node-of-a turned it away'],
      [13, 's', 'pod made', 'pod/b', ''],
      [13.5, 'ms', 'pod seen', 'pod/b', ''],
      [13.52, 'ms', 'bound', 'pod/b', 'to node-of-b, an ordinary node'],
      [14, 's', 'accepted', 'pod/b', 'by node-of-b'],
      [20, 's', 'started', 'pod/b', ''],
      [39, 's', 'ended', 'pod/b', 'exit code 0'],
      [40, 's', 'job ended', 'job/report-1', 'Complete; 0 failures counted, backoffLimit 0'],
    ]);
  });

  it('tells of a pod that fits nowhere, and of one that another scheduler bound', () => {
    const condition = (status: string) => [
      { type: 'PodScheduled', status, message: '0/2 nodes are available', lastTransitionTime: at(5) },
    ];
    const lost = {
      metadata: { name: 'l', creationTimestamp: at(4) },
      spec: {},
      status: { conditions: condition('False') },
    };
    const theirs = {
      metadata: { name: 't', creationTimestamp: at(4) },
      spec: { nodeName: 'w' },
      status: { conditions: condition('True') },
    };
    const told = (one: object) =>
      traceOf({ job: undefined, pods: [one as KubeObject], events: [] }).map(
        ({ what, detail }) => `${what} ${detail}`,
      );
    expect(told(lost)).toEqual(['pod made ', 'fits nowhere 0/2 nodes are available']);
    expect(told(theirs)).toEqual(['pod made ', 'bound to w, by another scheduler']);
  });

  it('survives what somebody wrote into our annotation', () => {
    const broken = (text: string) =>
      ({
        metadata: { name: 'p', creationTimestamp: at(1), annotations: { 'tidegate.io/scheduling': text } },
      }) as unknown as KubeObject;
    for (const text of ['', '{', 'null', '[]', '{"lane":"x"}', '{"lane":"virtual","seen":"1","bound":2}']) {
      expect(traceOf({ job: undefined, pods: [broken(text)], events: [] })).toHaveLength(1);
    }
  });
});
