import { expect, it } from 'vitest';
import { certificates } from '../../../../src/controllers/certificates/register.js';
import { createLogger } from '../../../../src/telemetry/logger.js';
import { createRegistry } from '../../../../src/telemetry/metrics.js';
import { fakeClock, until } from '../../../support/fake-clock.js';
import { objectStore } from '../../../support/object-store.js';

const places = { namespace: 'tidegate', authoritySecret: 'a', servingSecret: 's', configuration: 'tidegate' };

it('tells when certificates end while it leads, and not what it knew after that', async () => {
  const registry = createRegistry({ version: 'test' });
  const clock = fakeClock(Date.UTC(2026, 0, 1));
  const controller = certificates({
    client: objectStore().client as never,
    clock,
    random: () => 0,
    log: createLogger({ component: 'test', level: 'silent' }),
    registry,
    options: {
      adoption: 'off',
      certificates: { places, names: ['tidegate-webhook.tidegate.svc'] },
      logConfigs: { mode: 'off', namespace: 'tidegate' },
    },
  });
  const told = async () => {
    const lines = (await registry.metrics()).split('\n');
    return lines
      .filter((line) => line.startsWith('tidegate_certificate_expiry_'))
      .map((line) => line.split(' ')[0]);
  };
  const name = 'tidegate_certificate_expiry_timestamp_seconds';
  const over = new AbortController();
  const led = controller?.lead(
    { number: 1, signal: over.signal, isValid: () => true },
    new AbortController().signal,
  );
  await until('the controller sleeps', () => clock.pending === 1);
  expect(await told()).toEqual([`${name}{role="ca"}`, `${name}{role="serving"}`]);
  over.abort();
  await led;
  expect(await told()).toEqual([]);
});
