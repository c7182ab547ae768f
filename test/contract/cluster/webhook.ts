import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '../../../src/sim/wire/certificate.js';
import { eventually, unique } from './behaviour.js';
import type { Api, Parsed } from './behaviour.js';
import { configMap, maps } from './objects.js';

/** One call that a webhook got. */
export interface WebhookCall {
  readonly path: string;
  /** `timeout` of the URL. */
  readonly timeout: string | null;
  readonly httpVersion: string;
  /** Tells connections apart. */
  readonly port: number;
  readonly servername: string | false | undefined;
  readonly review: Parsed;
  /** The AdmissionReview's request. */
  readonly request: Parsed;
}

/** What a webhook answers: the `response` without its uid, or anything at all. */
export type Reply = (
  call: WebhookCall,
) => object | { readonly raw: string; readonly status: number } | undefined;

export interface Webhook {
  readonly url: string;
  readonly caBundle: string;
  readonly calls: WebhookCall[];
  /** Ends connections on which nothing is under way. */
  readonly hangUp: () => void;
  close(): Promise<void>;
}

/** A webhook over TLS. `undefined` as a reply leaves the call unanswered. */
export async function startWebhook(host: string, reply: Reply): Promise<Webhook> {
  const authority = createAuthority(Date.now());
  const { certificate, key } = authority.server([host, 'hook.hooks.svc']);
  const calls: WebhookCall[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const review: Parsed = JSON.parse(Buffer.concat(chunks).toString());
      const url = new URL(request.url ?? '/', 'https://hook');
      const call: WebhookCall = {
        path: url.pathname,
        timeout: url.searchParams.get('timeout'),
        httpVersion: request.httpVersion,
        port: request.socket.remotePort ?? 0,
        servername: (request.socket as { servername?: string }).servername,
        review,
        request: review.request,
      };
      if (call.request.name !== rootCertificates) calls.push(call);
      const answer: Parsed = call.path === '/canary' ? { allowed: true } : reply(call);
      if (answer === undefined) return;
      if (answer.raw === undefined) response.end(envelope(call, answer));
      else response.writeHead(answer.status).end(answer.raw);
    })();
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    url: `https://${host}:${(server.address() as AddressInfo).port}`,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    calls,
    hangUp: () => {
      server.closeIdleConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** A ConfigMap that a controller manager puts into each new namespace, at a time of its own. */
const rootCertificates = 'kube-root-ca.crt';

const envelope = ({ request }: WebhookCall, response: Parsed): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, ...response },
  });

/** `patch` and `patchType` of a response. */
export const patch = (...operations: readonly object[]): object => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

/** A rule for creating ConfigMaps. */
export const createMaps = {
  operations: ['CREATE'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: ['configmaps'],
};

/**
 * Runs `act` in a new namespace while webhooks are called for it: each of `hooks` is an entry of one configuration, at
 * its own path `/0`, `/1` … unless it says otherwise.
 */
export async function withWebhooks(
  api: Api,
  hooks: readonly Parsed[],
  reply: Reply,
  act: (namespace: string, webhook: Webhook, configuration: string) => Promise<void>,
): Promise<void> {
  const webhook = await startWebhook(api.cluster.webhookHost ?? '127.0.0.1', reply);
  const mark = unique('hooked');
  const namespace = await api.namespace({ contract: mark });
  const configuration = unique('hooks');
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const base = (i: number | 'canary'): Parsed => ({
    name: `n${i}.contract.tidegate.io`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 5,
    failurePolicy: 'Fail',
    clientConfig: { url: `${webhook.url}/${i}`, caBundle: webhook.caBundle },
    namespaceSelector: { matchLabels: { contract: mark } },
    rules: [createMaps],
  });
  const canary = { ...base('canary'), objectSelector: { matchLabels: { canary: 'yes' } } };
  try {
    const made = await api.post(path, {
      metadata: { name: configuration },
      webhooks: [canary, ...hooks.map((hook: Parsed, i) => ({ ...base(i), ...hook }))],
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    await eventually('the configuration to be followed', async () => {
      await api.post(`${maps(namespace)}?dryRun=All`, configMap('canary', { labels: { canary: 'yes' } }));
      return webhook.calls.some((call) => call.path === '/canary') ? true : undefined;
    });
    webhook.calls.length = 0;
    await act(namespace, webhook, configuration);
  } finally {
    await api.delete(`${path}/${configuration}`);
    await webhook.close();
  }
}
