import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/telemetry/logger.js';
import { createRegistry, Registry } from '../../../src/telemetry/metrics.js';
import { createOpsApp } from '../../../src/webhook/app.js';
import type { Readiness } from '../../../src/webhook/readiness.js';
import { listen } from '../../support/https.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function get(path: string, ready = true, registry = createRegistry({ version: 'test' })) {
  const certificates = { servingUntil: '' };
  const report: Readiness = { ready, draining: !ready, policies: {}, certificates };
  const log = createLogger({ component: 'test', level: 'silent' });
  const server = createServer(createOpsApp({ readiness: () => report, registry, log }));
  servers.push(server);
  return fetch(`http://127.0.0.1:${await listen(server)}${path}`);
}

describe('createOpsApp', () => {
  it('is alive whether ready or not', async () => {
    const response = await get('/healthz', false);
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  });

  it.each([
    ['ready', true, 200],
    ['not ready', false, 503],
  ])('answers readyz in detail when %s', async (_, ready, status) => {
    const response = await get('/readyz', ready);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ ready, draining: !ready });
  });

  it('shows the metrics in the format that Prometheus reads', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('tidegate_build_info{version="test"');
  });

  it('answers 404 to anything else, and says nothing of what it runs on', async () => {
    const response = await get('/mutate');
    expect(response.status).toBe(404);
    expect(response.headers.has('x-powered-by')).toBe(false);
  });

  it('keeps the details of a fault to itself', async () => {
    const registry = new Registry();
    registry.metrics = () => Promise.reject(new Error('secret detail'));
    const response = await get('/metrics', true, registry);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret detail');
  });
});
