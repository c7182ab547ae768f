import { describe, expect, it } from 'vitest';
import { createDenials } from '../../../src/kube/denials.js';
import { deniedIn, deniedText } from '../../../src/kube/denied.js';
import { errorOfAnswer } from '../../../src/kube/status.js';
import { fakeClock } from '../../support/fake-clock.js';

/** In the words of kube-apiserver 1.36.2. */
const refusal = (what: string) =>
  `x is forbidden: User "system:serviceaccount:tidegate-system:tidegate-webhook" cannot ${what}`;

describe('deniedIn', () => {
  it.each([
    ['list resource "nodes" in API group "" at the cluster scope', 'list nodes'],
    [
      'get resource "leases" in API group "coordination.k8s.io" in the namespace "a"',
      'get leases.coordination.k8s.io',
    ],
    [
      'patch resource "virtualnodepolicies/status" in API group "tidegate.io" at the cluster scope',
      'patch virtualnodepolicies.tidegate.io/status',
    ],
    [
      'list resource "pods" in API group "" at the cluster scope: requires one of ["container.pods.list"] permission(s).',
      'list pods',
    ],
  ])('reads %s', (words, text) => {
    const denied = deniedIn(refusal(words));
    expect(denied && deniedText(denied)).toBe(text);
  });

  it.each([
    'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    'forbidden: User "a" cannot get path "/metrics"',
    '',
  ])('is not misled by %j', (message) => {
    expect(deniedIn(message)).toBeUndefined();
  });

  it('is part of the error, and of a 403 alone', () => {
    const asked = { method: 'GET', path: '/api/v1/nodes' };
    const message = refusal('list resource "nodes" in API group "" at the cluster scope');
    const body = JSON.stringify({ kind: 'Status', message, reason: 'Forbidden' });
    const of = (status: number) => errorOfAnswer(asked, { status, body }, 0).denied;
    expect([of(403), of(500)]).toEqual([{ verb: 'list', resource: 'nodes', group: '' }, undefined]);
  });
});

describe('createDenials', () => {
  const nodes = { verb: 'list', resource: 'nodes', group: '' };
  const leases = { verb: 'get', resource: 'leases', group: 'coordination.k8s.io' };

  it('tells each once, and has all in order', () => {
    const denials = createDenials(fakeClock());
    expect([nodes, leases, nodes].map((one) => denials.note(one))).toEqual([true, true, false]);
    expect(denials.current()).toEqual(['get leases.coordination.k8s.io', 'list nodes']);
  });

  it('forgets what was not denied for ten minutes, and then it is news', async () => {
    const clock = fakeClock();
    const denials = createDenials(clock);
    denials.note(nodes);
    await clock.advance(599_000);
    denials.note(leases);
    await clock.advance(2000);
    expect(denials.current()).toEqual(['get leases.coordination.k8s.io']);
    expect(denials.note(nodes)).toBe(true);
  });
});
