import type { Json } from '../../objects/json.js';
import type { LabelSelector } from '../../objects/pod.js';
import { at, isList, numberAt, objectsAt, stringsAt, textAt } from '../store/object.js';
import type { KubeObject } from '../store/object.js';
import { printLabels, requirementsOf } from '../store/labels.js';
import { duration, since } from './durations.js';
import { podCells } from './pod-columns.js';

export interface Column {
  readonly name: string;
  readonly type: string;
  /** `name` for the column that names the object. */
  readonly format: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority: number;
}

/** How `kubectl get` shows a kind. */
export interface Columns {
  readonly columns: readonly Column[];
  readonly cells: (object: KubeObject, nowMs: number) => readonly Json[];
}

/** `Name Type:integer IP!`: `:type`, `!` for wide only, `_` for a space. */
const columns = (text: string): readonly Column[] =>
  text.split(' ').map((word, i) => {
    const [, name = '', type, wide] = /^([^:!]+)(?::(\w+))?(!)?$/.exec(word) ?? [];
    return {
      name: name.replaceAll('_', ' '),
      type: type ?? 'string',
      format: i === 0 && name === 'Name' ? 'name' : '',
      priority: wide === undefined ? 0 : 1,
    };
  });

const age = (object: KubeObject, now: number): string => since(object.metadata.creationTimestamp, now);
const orNone = (text: string): string => (text === '' ? '<none>' : text);
const count = (value: Json | undefined): number => (isList(value) ? value.length : 0);

function containerCells(object: KubeObject, ...path: readonly string[]): readonly string[] {
  const containers = objectsAt(object, ...path, 'spec', 'containers');
  return [
    containers.map((container) => textAt(container, 'name')).join(','),
    containers.map((container) => textAt(container, 'image')).join(','),
  ];
}

function selectorText(selector: unknown): string {
  const requirements = requirementsOf(selector as LabelSelector | undefined);
  return requirements === 'nothing' ? '<none>' : orNone(printLabels(requirements));
}

const replicas = (object: KubeObject, field: string): number => numberAt(object, 'status', field) ?? 0;

const jobStates = ['Complete', 'Failed', 'Terminating', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function jobStatus(job: KubeObject): string {
  const holds = (type: string): boolean =>
    type === 'Terminating'
      ? job.metadata.deletionTimestamp !== undefined
      : objectsAt(job, 'status', 'conditions').some(
          (one) => one['type'] === type && one['status'] === 'True',
        );
  return jobStates.find(holds) ?? 'Running';
}

function jobDuration(job: KubeObject, now: number): string {
  const start = textAt(job, 'status', 'startTime');
  const end = textAt(job, 'status', 'completionTime');
  if (start === '') return '';
  return duration((end === '' ? now : Date.parse(end)) - Date.parse(start));
}

function jobCompletions(job: KubeObject): string {
  const succeeded = replicas(job, 'succeeded');
  const wanted = numberAt(job, 'spec', 'completions');
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  const parallelism = numberAt(job, 'spec', 'parallelism') ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function nodeStatus(node: KubeObject): string {
  const ready = objectsAt(node, 'status', 'conditions').find((one) => one['type'] === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const labels = Object.keys(node.metadata.labels ?? {});
  return orNone(
    labels.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])).join(','),
  );
}

const nodeAddress = (node: KubeObject, type: string): string =>
  orNone(
    textAt(
      objectsAt(node, 'status', 'addresses').find((one) => one['type'] === type),
      'address',
    ),
  );

const nodeInfo = (node: KubeObject, field: string): string =>
  textAt(node, 'status', 'nodeInfo', field) || '<unknown>';

function eventCells(event: KubeObject, now: number): readonly Json[] {
  const newer = at(event, 'regarding') !== undefined;
  const text = (older: string, name: string): string => textAt(event, newer ? name : older);
  const about = newer ? 'regarding' : 'involvedObject';
  const first = text('firstTimestamp', 'deprecatedFirstTimestamp') || textAt(event, 'eventTime');
  const last =
    textAt(event, 'series', 'lastObservedTime') || text('lastTimestamp', 'deprecatedLastTimestamp') || first;
  const times =
    numberAt(event, 'series', 'count') ?? numberAt(event, newer ? 'deprecatedCount' : 'count') ?? 1;
  const source = textAt(event, newer ? 'deprecatedSource' : 'source', 'component');
  return [
    since(last, now),
    textAt(event, 'type'),
    textAt(event, 'reason'),
    `${textAt(event, about, 'kind').toLowerCase()}/${textAt(event, about, 'name')}`,
    textAt(event, about, 'fieldPath'),
    source || text('reportingComponent', 'reportingController'),
    text('message', 'note').trim(),
    since(first, now),
    times,
    event.metadata.name,
  ];
}

const withPods = 'Containers! Images! Selector!';

const table: Readonly<Record<string, Columns>> = {
  pods: {
    columns: columns('Name Ready Status Restarts Age IP! Node! Nominated_Node! Readiness_Gates!'),
    cells: podCells,
  },
  configmaps: {
    columns: columns('Name Data Age'),
    cells: (map, now) => [
      map.metadata.name,
      Object.keys(stringsAt(map, 'data')).length + Object.keys(stringsAt(map, 'binaryData')).length,
      age(map, now),
    ],
  },
  secrets: {
    columns: columns('Name Type Data Age'),
    cells: (secret, now) => [
      secret.metadata.name,
      textAt(secret, 'type'),
      Object.keys(stringsAt(secret, 'data')).length,
      age(secret, now),
    ],
  },
  events: {
    columns: columns('Last_Seen Type Reason Object Subobject! Source! Message First_Seen! Count! Name!'),
    cells: eventCells,
  },
  namespaces: {
    columns: columns('Name Status Age'),
    cells: (namespace, now) => [
      namespace.metadata.name,
      textAt(namespace, 'status', 'phase'),
      age(namespace, now),
    ],
  },
  nodes: {
    columns: columns(
      'Name Status Roles Age Version Internal-IP! External-IP! OS-Image! Kernel-Version! Container-Runtime!',
    ),
    cells: (node, now) => [
      node.metadata.name,
      nodeStatus(node),
      nodeRoles(node),
      age(node, now),
      textAt(node, 'status', 'nodeInfo', 'kubeletVersion'),
      nodeAddress(node, 'InternalIP'),
      nodeAddress(node, 'ExternalIP'),
      nodeInfo(node, 'osImage'),
      nodeInfo(node, 'kernelVersion'),
      nodeInfo(node, 'containerRuntimeVersion'),
    ],
  },
  services: {
    columns: columns('Name Type Cluster-IP External-IP Port(s) Age Selector!'),
    cells: (service, now) => [
      service.metadata.name,
      textAt(service, 'spec', 'type'),
      orNone(textAt(service, 'spec', 'clusterIP')),
      orNone(textAt(service, 'spec', 'externalName')),
      orNone(
        objectsAt(service, 'spec', 'ports')
          .map((port) => `${numberAt(port, 'port') ?? 0}/${textAt(port, 'protocol')}`)
          .join(','),
      ),
      age(service, now),
      selectorText({ matchLabels: stringsAt(service, 'spec', 'selector') }),
    ],
  },
  'deployments.apps': {
    columns: columns(`Name Ready Up-to-date Available Age ${withPods}`),
    cells: (deployment, now) => [
      deployment.metadata.name,
      `${replicas(deployment, 'readyReplicas')}/${numberAt(deployment, 'spec', 'replicas') ?? 0}`,
      replicas(deployment, 'updatedReplicas'),
      replicas(deployment, 'availableReplicas'),
      age(deployment, now),
      ...containerCells(deployment, 'spec', 'template'),
      selectorText(at(deployment, 'spec', 'selector')),
    ],
  },
  'replicasets.apps': {
    columns: columns(`Name Desired:integer Current:integer Ready:integer Age ${withPods}`),
    cells: (set, now) => [
      set.metadata.name,
      numberAt(set, 'spec', 'replicas') ?? 0,
      replicas(set, 'replicas'),
      replicas(set, 'readyReplicas'),
      age(set, now),
      ...containerCells(set, 'spec', 'template'),
      selectorText(at(set, 'spec', 'selector')),
    ],
  },
  'statefulsets.apps': {
    columns: columns('Name Ready Age Containers! Images!'),
    cells: (set, now) => [
      set.metadata.name,
      `${replicas(set, 'readyReplicas')}/${numberAt(set, 'spec', 'replicas') ?? 0}`,
      age(set, now),
      ...containerCells(set, 'spec', 'template'),
    ],
  },
  'jobs.batch': {
    columns: columns(`Name Status Completions Duration Age ${withPods}`),
    cells: (job, now) => [
      job.metadata.name,
      jobStatus(job),
      jobCompletions(job),
      jobDuration(job, now),
      age(job, now),
      ...containerCells(job, 'spec', 'template'),
      selectorText(at(job, 'spec', 'selector')),
    ],
  },
  'cronjobs.batch': {
    columns: columns(`Name Schedule Timezone Suspend:boolean Active:integer Last_Schedule Age ${withPods}`),
    cells: (cronJob, now) => [
      cronJob.metadata.name,
      textAt(cronJob, 'spec', 'schedule'),
      orNone(textAt(cronJob, 'spec', 'timeZone')),
      at(cronJob, 'spec', 'suspend') === true ? 'True' : 'False',
      count(at(cronJob, 'status', 'active')),
      textAt(cronJob, 'status', 'lastScheduleTime') === ''
        ? '<none>'
        : since(textAt(cronJob, 'status', 'lastScheduleTime'), now),
      age(cronJob, now),
      ...containerCells(cronJob, 'spec', 'jobTemplate', 'spec', 'template'),
      selectorText(at(cronJob, 'spec', 'jobTemplate', 'spec', 'selector')),
    ],
  },
  'leases.coordination.k8s.io': {
    columns: columns('Name Holder Age'),
    cells: (lease, now) => [lease.metadata.name, textAt(lease, 'spec', 'holderIdentity'), age(lease, now)],
  },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks(),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks(),
  'priorityclasses.scheduling.k8s.io': {
    columns: columns('Name Value:integer Global-Default:boolean Age PreemptionPolicy'),
    cells: (priority, now) => [
      priority.metadata.name,
      numberAt(priority, 'value') ?? 0,
      at(priority, 'globalDefault') === true,
      age(priority, now),
      textAt(priority, 'preemptionPolicy'),
    ],
  },
};

function webhooks(): Columns {
  return {
    columns: columns('Name Webhooks:integer Age'),
    cells: (configuration, now) => [
      configuration.metadata.name,
      count(configuration['webhooks']),
      age(configuration, now),
    ],
  };
}

/** What every kind has that is not in the table. */
const plain: Columns = {
  columns: columns('Name Age'),
  cells: (object, now) => [object.metadata.name, age(object, now)],
};

export const builtinColumns = (storage: string): Columns => table[storage] ?? plain;
