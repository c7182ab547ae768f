import type { Json, JsonObject } from '../objects/json.js';
import type { NodeSelectorTerm } from '../objects/pod.js';
import { booleanAt, listAt, numberAt, objectAt, objectsAt, stringAt, stringMapAt } from '../objects/read.js';
import type { HostFeature, Refusal } from '../providers/provider.js';

/** What a pod template asks of its node, read once and then held against every provider. */
export interface PodFacts {
  /** What it has, with where: `container app`. */
  readonly host: ReadonlyMap<HostFeature, string>;
  readonly has: ReadonlyMap<Refusal, string>;
  readonly ports: readonly { readonly port: number; readonly where: string }[];
  /** `driver` of inline CSI volumes. */
  readonly volumes: readonly {
    readonly type: string;
    readonly driver?: string | undefined;
    readonly where: string;
  }[];
  /** `fieldRef` paths of variables, with the container that they are in. */
  readonly fields: readonly FieldFact[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Containers and init containers. */
  readonly containers: number;
  /** Some container, or the pod, requests or limits both CPU and memory. */
  readonly sized: boolean;
  readonly nodeName: string | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly requiredTerms: readonly NodeSelectorTerm[];
}

export interface FieldFact {
  readonly path: string;
  readonly variable: string;
  readonly container: JsonObject;
  readonly where: string;
}

/** @throws {AppError} object-invalid, where a field has the wrong type. `path` is the template's. */
export function readPodFacts(template: JsonObject, path: string): PodFacts {
  const at = `${path}/spec`;
  const spec = objectAt(template, 'spec', path) ?? {};
  const reader = new FactReader(at);
  for (const feature of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (booleanAt(spec, feature, at)) reader.host.set(feature, 'the pod');
  }
  const volumes = objectsAt(spec, 'volumes', at);
  volumes.forEach((volume) => {
    reader.volume(volume);
  });
  const main = objectsAt(spec, 'containers', at);
  const init = objectsAt(spec, 'initContainers', at);
  main.forEach((container, i) => {
    reader.container(container, `${at}/containers/${i}`, false);
  });
  init.forEach((container, i) => {
    reader.container(container, `${at}/initContainers/${i}`, true);
  });
  return {
    host: reader.host,
    has: reader.has,
    ports: reader.ports,
    volumes: reader.volumes,
    fields: reader.fields,
    annotations: stringMapAt(objectAt(template, 'metadata', path) ?? {}, 'annotations', `${path}/metadata`),
    containers: main.length + init.length,
    sized: reader.sized || isSized(spec, at),
    nodeName: stringAt(spec, 'nodeName', at),
    nodeSelector: stringMapAt(spec, 'nodeSelector', at),
    requiredTerms: requiredTerms(spec, at),
  };
}

class FactReader {
  readonly host = new Map<HostFeature, string>();
  readonly has = new Map<Refusal, string>();
  readonly ports: { port: number; where: string }[] = [];
  readonly volumes: { type: string; driver?: string | undefined; where: string }[] = [];
  readonly fields: FieldFact[] = [];
  sized = false;
  readonly #at: string;

  constructor(at: string) {
    this.#at = at;
  }

  volume(volume: JsonObject): void {
    const where = `volume ${stringAt(volume, 'name', `${this.#at}/volumes`) ?? ''}`;
    const type = Object.keys(volume).find((key) => key !== 'name' && isThere(volume[key]));
    if (type === undefined) return;
    const csi = objectAt(volume, 'csi', `${this.#at}/volumes`);
    this.volumes.push({ type, where, driver: csi && stringAt(csi, 'driver', `${this.#at}/volumes/csi`) });
    if (type === 'hostPath') this.host.set('hostPath', where);
    // A generic ephemeral volume is a claim made on the fly.
    if (type === 'persistentVolumeClaim' || type === 'ephemeral')
      this.has.set('persistentVolumeClaim', where);
  }

  container(container: JsonObject, at: string, init: boolean): void {
    const where = `container ${stringAt(container, 'name', at) ?? ''}`;
    const security = objectAt(container, 'securityContext', at) ?? {};
    if (booleanAt(security, 'privileged', `${at}/securityContext`)) this.host.set('privileged', where);
    this.#ports(container, at, where, init);
    this.#probes(container, at, where, init);
    this.#resources(container, at, where, init);
    if (isThere(container['lifecycle'])) {
      this.has.set(init ? 'initContainerLifecycleHook' : 'lifecycleHook', where);
    }
    const [args, command] = ['args', 'command'].map((field) => listAt(container, field, at)?.length ?? 0);
    if (args !== 0 && command === 0) this.has.set('argsWithoutCommand', where);
    objectsAt(container, 'env', at).forEach((entry, i) => {
      this.#field(entry, `${at}/env/${i}`, container, where);
    });
  }

  #ports(container: JsonObject, at: string, where: string, init: boolean): void {
    const ports = objectsAt(container, 'ports', at);
    ports.forEach((port, i) => {
      const containerPort = numberAt(port, 'containerPort', `${at}/ports/${i}`);
      if (containerPort !== undefined) this.ports.push({ port: containerPort, where });
      if ((numberAt(port, 'hostPort', `${at}/ports/${i}`) ?? 0) > 0) this.host.set('hostPort', where);
    });
    if (init && ports.length > 0) this.has.set('initContainerPorts', where);
  }

  #probes(container: JsonObject, at: string, where: string, init: boolean): void {
    for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
      const probe = objectAt(container, name, at);
      if (probe === undefined) continue;
      if (init) this.has.set('initContainerProbe', where);
      if (name === 'startupProbe') this.has.set('startupProbe', where);
      if (isThere(probe['grpc'])) this.has.set('grpcProbe', where);
      if (!isThere(probe['tcpSocket'])) continue;
      this.has.set('tcpSocketProbe', where);
      if (name === 'startupProbe') this.has.set('tcpSocketStartupProbe', where);
    }
  }

  #resources(container: JsonObject, at: string, where: string, init: boolean): void {
    const resources = objectAt(container, 'resources', at) ?? {};
    const names = ['requests', 'limits'].flatMap((field) =>
      Object.keys(objectAt(resources, field, `${at}/resources`) ?? {}),
    );
    if (init && names.length > 0) this.has.set('initContainerResources', where);
    if (names.some((name) => /gpu/i.test(name))) this.has.set('gpu', where);
    if (!init && isSized(container, at)) this.sized = true;
  }

  #field(entry: JsonObject, at: string, container: JsonObject, where: string): void {
    const source = objectAt(entry, 'valueFrom', at);
    const ref = source && objectAt(source, 'fieldRef', `${at}/valueFrom`);
    const path = ref && stringAt(ref, 'fieldPath', `${at}/valueFrom/fieldRef`);
    if (path === undefined) return;
    this.fields.push({ path, variable: stringAt(entry, 'name', at) ?? '', container, where });
  }
}

function isSized(holder: JsonObject, at: string): boolean {
  const resources = objectAt(holder, 'resources', at) ?? {};
  const requests = objectAt(resources, 'requests', `${at}/resources`) ?? {};
  const limits = objectAt(resources, 'limits', `${at}/resources`) ?? {};
  return ['cpu', 'memory'].every((name) => isThere(requests[name]) || isThere(limits[name]));
}

function requiredTerms(spec: JsonObject, at: string): readonly NodeSelectorTerm[] {
  const affinity = objectAt(spec, 'affinity', at) ?? {};
  const node = objectAt(affinity, 'nodeAffinity', `${at}/affinity`) ?? {};
  const name = 'requiredDuringSchedulingIgnoredDuringExecution';
  const selector = objectAt(node, name, `${at}/affinity/nodeAffinity`) ?? {};
  const path = `${at}/affinity/nodeAffinity/${name}`;
  const terms = objectsAt(selector, 'nodeSelectorTerms', path);
  terms.forEach((term, i) => {
    objectsAt(term, 'matchExpressions', `${path}/nodeSelectorTerms/${i}`).forEach((expression, j) => {
      listAt(expression, 'values', `${path}/nodeSelectorTerms/${i}/matchExpressions/${j}`);
    });
  });
  return terms;
}

const isThere = (value: Json | undefined): boolean => value !== undefined && value !== null;
