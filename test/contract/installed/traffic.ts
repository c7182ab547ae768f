import { eventually } from '../../support/eventually.js';
import type { Api, Parsed } from '../cluster/behaviour.js';

export interface Traffic {
  readonly sent: () => number;
  /** Ends it after so many requests; what went wrong, the first ten of each. */
  readonly end: (count: number) => Promise<Outcome>;
}

export interface Outcome {
  readonly sent: number;
  /** Refused, or not answered. */
  readonly failed: readonly string[];
  /** Let through unchanged: the API server did not get an answer of the webhook. */
  readonly missed: readonly string[];
}

export const cronJob = (name: string): Parsed => ({
  metadata: { name },
  spec: {
    schedule: '0 0 * * *',
    jobTemplate: {
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] } },
      },
    },
  },
});

export const isPlaced = (object: Parsed): boolean =>
  object.metadata.annotations?.['tidegate.io/placement'] !== undefined &&
  object.spec.jobTemplate.spec.template.spec.tolerations?.length > 0;

const callers = 8;

/** CronJobs created by dry-run, without a pause. */
export function startTraffic(api: Api, namespace: string): Traffic {
  const path = `/apis/batch/v1/namespaces/${namespace}/cronjobs?dryRun=All`;
  const found = { sent: 0, failed: [] as string[], missed: [] as string[] };
  let running = true;
  const caller = async () => {
    while (running) {
      const name = `c-${found.sent++}`;
      const { status, body } = await api
        .post(path, cronJob(name))
        .catch((error: unknown) => ({ status: 0, body: String(error) as Parsed }));
      if (status !== 201) found.failed.push(`${name}: ${status} ${JSON.stringify(body)}`);
      else if (!isPlaced(body)) found.missed.push(`${name} at ${new Date().toISOString()}`);
    }
  };
  const done = Promise.all(Array.from({ length: callers }, caller));
  return {
    sent: () => found.sent,
    end: async (count) => {
      while (found.sent < count) {
        const from = found.sent;
        await eventually('more answers', () => found.sent > from);
      }
      running = false;
      await done;
      return { ...found, failed: found.failed.slice(0, 10), missed: found.missed.slice(0, 10) };
    },
  };
}
