import { describe, expect, it } from 'vitest';
import { readSigns } from '../../../src/scheduler/signs.js';

const container = (state: object) => ({ containerStatuses: [{ name: 'c', state }] });
const noStock = {
  type: 'ContainerInstanceCreated',
  status: 'False',
  reason: 'NoStock',
  message: 'none left',
};

const read = (status: object) => readSigns({ metadata: {}, status } as Parameters<typeof readSigns>[0]);

describe('how far a bound pod has come', () => {
  it.each([
    ['nothing was said', {}, 'waiting'],
    [
      'pending, bound',
      { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }] },
      'waiting',
    ],
    ['a start time', { phase: 'Pending', startTime: '2026-01-01T00:00:00Z' }, 'accepted'],
    [
      'a waiting container',
      { phase: 'Pending', ...container({ waiting: { reason: 'Pulling' } }) },
      'accepted',
    ],
    ['a running container', { phase: 'Running', ...container({ running: {} }) }, 'started'],
    [
      'a restart that waits',
      { phase: 'Running', containerStatuses: [{ state: { waiting: {} }, lastState: { terminated: {} } }] },
      'started',
    ],
    ['success', { phase: 'Succeeded', ...container({ terminated: { exitCode: 0 } }) }, 'over'],
    ['failure of a container', { phase: 'Failed', ...container({ terminated: { exitCode: 1 } }) }, 'over'],
    ['a rejection', { phase: 'Failed', reason: 'OutOfcpu', message: 'no room' }, 'refused'],
    ['no stock', { phase: 'Pending', startTime: '2026-01-01T00:00:00Z', conditions: [noStock] }, 'no-stock'],
    [
      'ProviderFailed, to be tried again',
      { phase: 'Pending', reason: 'ProviderFailed', message: 'boom' },
      'no-stock',
    ],
  ])('%s: %#', (_, status: object, progress) => {
    expect(read(status).progress).toBe(progress);
  });

  it('says why, and whether it is for want of stock', () => {
    expect(read({ phase: 'Failed', reason: 'OutOfpods', message: 'full' })).toMatchObject({
      because: 'OutOfpods: full',
      isStock: false,
    });
    expect(read({ phase: 'Pending', conditions: [noStock] })).toMatchObject({
      because: 'NoStock: none left',
      isStock: true,
    });
    expect(
      read({ phase: 'Failed', reason: 'ProviderFailed', message: 'the specified instance is out of stock' }),
    ).toMatchObject({ isStock: true });
    expect(read({ phase: 'Pending', conditions: [{ ...noStock, status: 'True' }] })).toMatchObject({
      progress: 'waiting',
    });
  });
});
