import { describe, expect, it } from 'vitest';
import { pass } from '../../../src/placement/place.js';
import { on } from '../../support/aspect.js';
import { compiled, container, cronJob, workloadFrom, type Parts } from '../../support/build.js';
import { policy } from '../../support/policy.js';

const passOn = (spec: Parts, ...names: string[]) =>
  pass(workloadFrom(cronJob({ pod: { spec } })), compiled(policy('nightly', on('VirtualOnly', ...names))));

const withPort = (containerPort: number) => ({ containers: [container({ ports: [{ containerPort }] })] });

describe('pass', () => {
  it('lets a workload to every provider that can run it', () => {
    expect(passOn({}, 'alibaba-eci', 'kwok')).toMatchObject({
      kind: 'passes',
      intent: { providers: ['alibaba-eci', 'kwok'] },
      refusals: [],
    });
  });

  it('lets it to those alone that can run it, and says why not to the others', () => {
    expect(passOn(withPort(10250), 'alibaba-eci', 'kwok')).toMatchObject({
      kind: 'passes',
      intent: { providers: ['kwok'] },
      refusals: [{ provider: 'alibaba-eci', because: 'reserved-port', where: 'container app, port 10250' }],
    });
  });

  it('refuses it where no provider can run it, for the reason of the first', () => {
    expect(passOn({ ...withPort(10250), hostPID: true }, 'alibaba-eci', 'kwok')).toEqual({
      kind: 'refused',
      refused: { provider: 'alibaba-eci', because: 'host-pid', where: 'the pod' },
      refusals: [
        { provider: 'alibaba-eci', because: 'host-pid', where: 'the pod' },
        { provider: 'kwok', because: 'host-pid', where: 'the pod' },
      ],
    });
  });

  it('refuses it before it asks a provider where nobody may move it', () => {
    expect(passOn({ nodeName: 'n1', hostPID: true }, 'kwok')).toEqual({
      kind: 'refused',
      refused: { because: 'has-node-name', where: 'n1' },
      refusals: [],
    });
  });

  it('refuses it where no provider can do the placement', () => {
    const ready = compiled(policy('nightly', on('PreferReal', 'aws-fargate')));
    expect(pass(workloadFrom(cronJob()), ready)).toEqual({
      kind: 'refused',
      refused: { because: 'placement-not-offered' },
      refusals: [],
    });
  });

  it('says which provider sizes a pod without requests', () => {
    expect(passOn({}, 'aws-fargate')).toMatchObject({ kind: 'passes', sizedBy: 'aws-fargate' });
    expect(passOn({}, 'kwok')).not.toHaveProperty('sizedBy');
    const resources = { requests: { cpu: '1', memory: '1Gi' } };
    expect(passOn({ containers: [container({ resources })] }, 'aws-fargate')).not.toHaveProperty('sizedBy');
  });
});
