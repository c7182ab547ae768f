import express, { type Express, type ErrorRequestHandler } from 'express';
import { messageOf } from '../errors.js';
import type { Logger } from '../telemetry/logger.js';
import type { Registry } from '../telemetry/metrics.js';

export interface OpsAppDeps {
  /** What `/readyz` tells; its status follows `ready`. */
  readonly readiness: () => { readonly ready: boolean };
  readonly registry: Registry;
  readonly log: Logger;
}

/** The plain port: what kubelet and Prometheus ask. No review passes here. */
export function createOpsApp({ readiness, registry, log }: OpsAppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const report = readiness();
    response.status(report.ready ? 200 : 503).json(report);
  });
  app.get('/metrics', async (_request, response) => {
    const text = await registry.metrics();
    response.setHeader('content-type', registry.contentType);
    response.send(text);
  });
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('nothing is served here\n');
  });
  const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    log.error({ error: messageOf(error) }, 'ops request failed');
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(500).type('text/plain').send('an error that nothing expected; the log has it\n');
  };
  app.use(failed);
  return app;
}
