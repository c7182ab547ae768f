import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountConfigMap } from '../folder.js';
import { runCli, type RunningProcess } from '../webhook-process.js';

/** Of a Deployment's template, what this machine can honour. */
export interface PodTemplate {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly [
      {
        readonly name: string;
        readonly args: readonly string[];
        readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
      },
    ];
    readonly volumes?: readonly {
      readonly name: string;
      readonly secret: { readonly secretName: string; readonly items: readonly { readonly key: string }[] };
    }[];
  };
}

export interface ContainerDeps {
  readonly template: PodTemplate;
  /** Instead of the service account that a kubelet mounts. */
  readonly kubeconfig: string;
  /** The data of a Secret, decoded, or undefined. */
  readonly readSecret: (name: string) => Promise<Readonly<Record<string, string>> | undefined>;
  /** Told when readiness changes. */
  readonly onReady: () => void;
  /** What ends it in the end. */
  readonly atEnd: (action: () => Promise<void> | void) => void;
}

/** A pod of one container, whose command runs as a process with the very arguments. */
export interface RunningContainer extends RunningProcess {
  /** Judged by its readiness probe. */
  readonly isReady: () => boolean;
  /** The TLS port of a webhook; undefined until it serves. */
  readonly port: () => number | undefined;
  readonly ops: (path: string) => Promise<{ readonly status: number; readonly text: string }>;
  /** As a deleted pod: no endpoint any more, SIGTERM, and its exit code when it has ended. */
  readonly terminate: () => Promise<number | null>;
}

/** How often Secrets are mounted again and probes asked. Kubelets take a minute for the one and seconds for the other. */
const everyMs = 100;

export async function startContainer(deps: ContainerDeps): Promise<RunningContainer> {
  const { template, atEnd } = deps;
  const [container] = template.spec.containers;
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-pod-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const mount = mounterOf(deps, folder);
  await mount();
  const running = runCli(argsOf(container, folder, deps.kubeconfig), [], atEnd);
  const state = { ready: false, ended: false, terminating: false };
  void running.exited.then(() => (state.ended = true));
  const said = (field: string) => {
    const line = running.lines().find((one) => typeof one[field] === 'number');
    return line === undefined ? undefined : Number(line[field]);
  };
  const ops = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${said('opsPort') ?? 0}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const probe = async () => {
    const ready =
      !state.ended && !state.terminating && (await ops('/readyz').catch(() => undefined))?.status === 200;
    if (ready === state.ready) return;
    state.ready = ready;
    deps.onReady();
  };
  const stop = new AbortController();
  const kubelet = (async () => {
    while (!state.ended && !stop.signal.aborted) {
      await mount();
      await probe();
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await probe();
  })();
  atEnd(async () => {
    stop.abort();
    await kubelet;
  });
  return {
    ...running,
    isReady: () => state.ready,
    port: () => said('port'),
    ops,
    terminate: async () => {
      state.terminating = true;
      await probe();
      running.child.kill('SIGTERM');
      return running.exited;
    },
  };
}

type Container = PodTemplate['spec']['containers'][0];

/** The container's arguments: mounted files at their place on this machine, ports that are free, loopback alone. */
function argsOf({ args, volumeMounts = [] }: Container, folder: string, kubeconfig: string) {
  const moved = args.map((arg) =>
    volumeMounts.reduce((text, { name, mountPath }) => text.replace(mountPath, join(folder, name)), arg),
  );
  const own = moved.map((arg) => arg.replace(/^--(port|ops-port)=\d+$/, '--$1=0'));
  return [...own, '--host=127.0.0.1', `--kubeconfig=${kubeconfig}`, '--reload=1'];
}

/** Lays the Secrets of the volumes where the container looks for them, anew when they changed. */
function mounterOf({ template, readSecret }: ContainerDeps, folder: string): () => Promise<void> {
  const laid = new Map<string, string>();
  let version = 0;
  return async () => {
    for (const { name, secret } of template.spec.volumes ?? []) {
      const data = await readSecret(secret.secretName).catch(() => undefined);
      if (data === undefined) continue;
      const files = Object.fromEntries(secret.items.map(({ key }) => [key, data[key] ?? '']));
      const text = JSON.stringify(files);
      if (laid.get(name) === text) continue;
      laid.set(name, text);
      await mountConfigMap(join(folder, name), `v${++version}`, files);
    }
  };
}
