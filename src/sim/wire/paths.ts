import type { Json } from '../../objects/json.js';
import type { Core } from '../api/call.js';
import { methodNotAllowed } from '../api/status.js';
import { aggregated, apiVersions, group, groupList, resourceList, version } from './discovery.js';
import type { Exchange } from './exchange.js';
import { negotiate } from './negotiate.js';
import { openAPIDocument, openAPIIndex } from './openapi.js';

/** Everything that is no resource: probes, the version, discovery, OpenAPI. */
export function servePath(core: Core, exchange: Exchange): void {
  if (exchange.request.method !== 'GET' && exchange.request.method !== 'HEAD') throw methodNotAllowed();
  const path = exchange.path.replace(/\/$/, '');
  if (['/healthz', '/livez', '/readyz'].includes(path)) {
    exchange.sendText(200, 'ok');
    return;
  }
  const wanted = negotiate(exchange.request.headers.accept, path === '/api' || path === '/apis');
  const answer =
    wanted.as === 'APIGroupDiscoveryList' ? aggregated(core.kinds, path === '/api') : documentAt(core, path);
  if (answer === undefined) exchange.sendText(404, '404 page not found\n');
  else exchange.send(200, answer, wanted);
}

function documentAt(core: Core, path: string): Json | undefined {
  const fixed = documents[path];
  if (fixed !== undefined) return fixed(core);
  const openAPI = /^\/openapi\/v3\/(.+)$/.exec(path)?.[1];
  if (openAPI !== undefined) return openAPIDocument(core.kinds, openAPI);
  const [, first = '', second = '', third, ...rest] = path.split('/');
  if (rest.length > 0) return undefined;
  if (first === 'api') return resourceList(core.kinds, '', second);
  if (first !== 'apis') return undefined;
  return third === undefined ? group(core.kinds, second) : resourceList(core.kinds, second, third);
}

const documents: Readonly<Record<string, (core: Core) => Json>> = {
  '': (core) => ({
    paths: ['/api', '/api/v1', '/apis', ...core.kinds.all().map((kind) => `/apis/${kind.apiVersion}`)],
  }),
  '/version': () => version,
  '/api': () => apiVersions,
  '/apis': (core) => groupList(core.kinds),
  '/openapi/v3': (core) => openAPIIndex(core.kinds),
};
