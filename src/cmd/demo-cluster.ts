import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../kube/client.js';
import { resources } from '../kube/resource.js';
import { startBox, type Box } from '../sim/server.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';
import { webhookConfiguration } from '../webhook/configuration.js';
import { connect } from './connect.js';
import { startWebhook, type WebhookProcess } from './demo-webhook.js';

/** The cluster in a box with the real webhook beside it. */
export interface DemoCluster {
  readonly box: Box;
  readonly webhook: WebhookProcess;
  readonly client: Client;
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  /** Has the API server call the webhook from now on. */
  register(): Promise<void>;
  close(): Promise<void>;
}

export async function startDemoCluster(options: {
  readonly policies: readonly string[];
  /** Where to write the kubeconfig. Default: a temporary file. */
  readonly kubeconfig?: string | undefined;
}): Promise<DemoCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-demo-'));
  const kubeconfig = options.kubeconfig ?? join(folder, 'kubeconfig');
  const box = await startBox({ clock: systemClock, random: systemRandom });
  try {
    const keys = box.serverCertificate(['127.0.0.1', 'localhost']);
    const [certificate, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    await writeFile(certificate, keys.certificate);
    await writeFile(key, keys.key, { mode: 0o600 });
    await writeFile(kubeconfig, box.kubeconfig(), { mode: 0o600 });
    const connected = await connect(kubeconfig);
    const webhook = await startWebhook({ policies: options.policies, certificate, key, kubeconfig });
    return {
      box,
      webhook,
      client: connected.client,
      kubeconfig,
      async register() {
        const { url } = webhook;
        const options = { name: 'tidegate', url, caBundle: box.caBundle, scheduler: true };
        const body = webhookConfiguration(options);
        await connected.client.create(resources.mutatingWebhooks, {}, body);
      },
      async close() {
        await webhook.close();
        await connected.close();
        await box.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await box.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
