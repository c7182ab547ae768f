import { Agent, request } from 'undici';
import { startBox } from '../../src/sim/server.js';
import type { Box, BoxOptions } from '../../src/sim/server.js';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';

/** Whatever came: tests say what they expect of it. */
export type Parsed = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly body: Parsed;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A box and a plain HTTP client of it, as the administrator. */
export interface TestBox extends Box {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Lines of a watch, as they arrive. */
  watch(path: string, headers?: Record<string, string>): AsyncGenerator<Parsed>;
}

export async function testBox(options: Partial<BoxOptions> = {}): Promise<TestBox> {
  const box = await startBox({ clock: systemClock, random: systemRandom, ...options });
  const dispatcher = new Agent({ connect: { ca: box.caBundle } });
  const authorization = `Bearer ${box.token}`;
  return {
    ...box,
    close: async () => {
      await box.close();
      await dispatcher.destroy();
    },
    send: async (method, path, body, headers = {}) => {
      const response = await request(`${box.url}${path}`, {
        method: method as 'GET',
        dispatcher,
        headers: { authorization, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.body.text();
      return {
        status: response.statusCode,
        headers: response.headers,
        body: text.startsWith('{') ? JSON.parse(text) : text,
      };
    },
    watch: async function* (path, headers = {}) {
      const { body } = await request(`${box.url}${path}`, {
        dispatcher,
        headers: { authorization, ...headers },
      });
      let rest = '';
      for await (const chunk of body.setEncoding('utf8')) {
        const lines = `${rest}${String(chunk)}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) yield JSON.parse(line);
      }
    },
  };
}

/** The least that the API server takes as a Pod. */
export const pod = (
  name: string,
  more: { metadata?: object; spec?: object } = {},
): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more.metadata },
  spec: { containers: [{ name: 'main', image: 'busybox:1' }], ...more.spec },
});

export const configMap = (name: string, more: object = {}): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data: { key: 'value' },
});
