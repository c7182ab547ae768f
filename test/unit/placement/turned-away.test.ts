import { describe, expect, it } from 'vitest';
import { kubeletRejections, turnedAwayReasons } from '../../../src/placement/turned-away.js';

describe('the reasons of pods that were turned away', () => {
  it('are those of kubelets and of virtual kubelets, each once and in order', () => {
    expect(turnedAwayReasons).toEqual([
      'ContainerInstanceScheduleFailed',
      'InvalidNodeInfo',
      'NodeAffinity',
      'NodePorts',
      'NodeShutdown',
      'OutOfcpu',
      'OutOfephemeral-storage',
      'OutOfmemory',
      'OutOfpods',
      'ProviderFailed',
      'TaintToleration',
      'UnexpectedAdmissionError',
    ]);
  });

  it('have their sources, and hold no quote that would end an expression', () => {
    for (const { source } of kubeletRejections) expect(source).toMatch(/^kubernetes:pkg\/.*\.go$/);
    for (const reason of turnedAwayReasons) expect(reason).toMatch(/^[A-Za-z-]+$/);
  });
});
