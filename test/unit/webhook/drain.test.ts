import { createServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { drain } from '../../../src/webhook/drain.js';
import { fakeClock } from '../../support/fake-clock.js';
import { listen } from '../../support/https.js';

async function setUp() {
  const steps: string[] = [];
  const server = createServer();
  await listen(server);
  server.on('close', () => steps.push('closed'));
  const webhook = { server, renew: () => undefined, endConnections: () => steps.push('ending connections') };
  const clock = fakeClock();
  const hurry = new AbortController();
  const done = drain({ webhook, clock, lameDuckMs: 15_000, hurry: hurry.signal });
  return { steps, server, clock, hurry, done };
}

describe('drain', () => {
  it('serves on for the lame duck, then ends connections with their answers, then closes', async () => {
    const { steps, server, clock, done } = await setUp();
    await clock.advance(14_999);
    expect(steps).toEqual([]);
    await clock.advance(1);
    expect(steps).toEqual(['ending connections']);
    expect(server.listening).toBe(true);
    await clock.advance(2_000);
    await done;
    expect(steps).toEqual(['ending connections', 'closed']);
    expect(clock.pending).toBe(0);
  });

  it('closes at once in a hurry', async () => {
    const { steps, hurry, done } = await setUp();
    hurry.abort();
    await done;
    expect(steps).toEqual(['ending connections', 'closed']);
  });
});
