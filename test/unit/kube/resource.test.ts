import { describe, expect, it } from 'vitest';
import { apiVersionOf, pathOf, resources, type Resource, type Target } from '../../../src/kube/resource.js';

describe('pathOf', () => {
  it.each<[string, Resource, Target, string]>([
    ['every namespace', resources.pods, {}, '/api/v1/pods'],
    ['one namespace', resources.pods, { namespace: 'x' }, '/api/v1/namespaces/x/pods'],
    ['one object', resources.jobs, { namespace: 'x', name: 'a' }, '/apis/batch/v1/namespaces/x/jobs/a'],
    ['a cluster-scoped object', resources.nodes, { name: 'n' }, '/api/v1/nodes/n'],
    ['a Namespace itself', resources.namespaces, { name: 'x' }, '/api/v1/namespaces/x'],
    [
      'a subresource',
      resources.pods,
      { namespace: 'x', name: 'a', subresource: 'binding' },
      '/api/v1/namespaces/x/pods/a/binding',
    ],
    ['a name that would climb out', resources.nodes, { name: '../secrets' }, '/api/v1/nodes/..%2Fsecrets'],
  ])('%s', (_, resource, target, path) => {
    expect(pathOf(resource, target)).toBe(path);
  });

  it.each<[string, Resource, Target, string]>([
    ['a missing namespace', resources.pods, { name: 'a' }, 'pods "a": expected a namespace, came none'],
    [
      'a namespace too many',
      resources.nodes,
      { namespace: 'x', name: 'n' },
      'nodes "n": expected no namespace, came x',
    ],
    [
      'an empty name, which would be the list',
      resources.pods,
      { namespace: 'x', name: '' },
      'pods: expected a name and a namespace, came an empty text',
    ],
    [
      'an empty namespace, which would be all',
      resources.pods,
      { namespace: '' },
      'pods: expected a name and a namespace, came an empty text',
    ],
  ])('refuses %s', (_, resource, target, message) => {
    expect(() => pathOf(resource, target)).toThrow(message);
  });
});

describe('apiVersionOf', () => {
  it('has no group for the core', () => {
    expect([resources.pods, resources.leases].map(apiVersionOf)).toEqual(['v1', 'coordination.k8s.io/v1']);
  });
});
