import { deepEqual } from '../../objects/json.js';
import { strategyOf } from '../admission/strategies.js';
import { at, childOf, draftOf, isList, numberAt, textAt, timestamp } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import type { Call, Core } from './call.js';
import { conflictOnKind, detailsOf, Faults, notFound, success } from './status.js';
import type { Status } from './status.js';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * DELETE. Pods on a node go after their grace period, when the kubelet says so; whatever has finalizers goes when the
 * last one is taken off; the rest goes at once.
 * @returns the object where it stays a while or is a Pod, else a success
 */
export async function removeObject(
  core: Core,
  call: Call,
  options: DeleteOptions,
): Promise<KubeObject | Status> {
  checkOptions(options);
  const asked = core.store.get(call.kind.storage, call.namespace, call.name);
  if (asked === undefined) throw notFound(call.kind, call.name);
  checkPreconditions(call, asked, options);
  const review = {
    call,
    operation: 'DELETE' as const,
    type: call.kind,
    name: call.name,
    object: undefined,
    oldObject: call.kind.fromStorage(asked),
  };
  await core.admission.mutate(core, review);
  await core.admission.validate(core, review);
  for (;;) {
    const stored = core.store.get(call.kind.storage, call.namespace, call.name);
    if (stored === undefined) throw notFound(call.kind, call.name);
    checkPreconditions(call, stored, options);
    const answer = attempt(core, call, stored, options);
    if (answer !== undefined) return answer;
  }
}

/** @returns undefined where the object changed meanwhile */
function attempt(
  core: Core,
  call: Call,
  stored: KubeObject,
  options: DeleteOptions,
): KubeObject | Status | undefined {
  const { kind } = call;
  const next = draftOf(stored);
  const stays =
    kind.storage === 'namespaces' ? terminateNamespace(core, next) : mark(core, call, next, stored, options);
  const isPod = kind.storage === 'pods';
  if (call.dryRun)
    return stays || isPod ? kind.fromStorage(next as unknown as KubeObject) : gone(call, stored);
  if (stays || isPod) return removeInSteps(core, call, stored, next, stays);
  return core.store.remove(kind.storage, stored) === undefined ? undefined : gone(call, stored);
}

/** What stays is marked; a Pod is marked even where it goes at once, so that its watchers see both. */
function removeInSteps(
  core: Core,
  { kind }: Call,
  stored: KubeObject,
  next: Draft,
  stays: boolean,
): KubeObject | undefined {
  const marked = deepEqual(next, stored) ? stored : core.store.replace(kind.storage, stored, next);
  if (marked === undefined) return undefined;
  if (!stays && core.store.remove(kind.storage, marked) === undefined) return undefined;
  return kind.fromStorage(marked);
}

const gone = (call: Call, stored: KubeObject): Status =>
  success({ ...detailsOf(call.kind, stored.metadata.name), uid: stored.metadata.uid });

/** Sets what deletion leaves in the metadata. @returns whether the object stays for now */
function mark(core: Core, call: Call, next: Draft, stored: KubeObject, options: DeleteOptions): boolean {
  const metadata = childOf(next, 'metadata');
  const waits = call.kind.storage === 'pods' && markGraceful(core, next, stored, options);
  const finalizers = finalizersFor(call, stored, options);
  if (finalizers.length === 0) delete metadata['finalizers'];
  else metadata['finalizers'] = finalizers;
  if (finalizers.length === 0) return waits;
  if (metadata['deletionTimestamp'] === undefined) begin(core, metadata, 0);
  return true;
}

function begin(core: Core, metadata: Draft, seconds: number): void {
  metadata['deletionTimestamp'] = timestamp(core.clock.now() + seconds * 1000);
  metadata['deletionGracePeriodSeconds'] = seconds;
  const generation = numberAt(metadata, 'generation') ?? 0;
  if (generation > 0) metadata['generation'] = generation + 1;
}

/** k8s.io/apiserver/pkg/registry/rest/delete.go BeforeDelete. @returns whether the kubelet has the last word */
function markGraceful(core: Core, pod: Draft, stored: KubeObject, options: DeleteOptions): boolean {
  const metadata = childOf(pod, 'metadata');
  const left = stored.metadata.deletionGracePeriodSeconds;
  if (stored.metadata.deletionTimestamp === undefined) {
    const seconds = graceOf(pod, options);
    begin(core, metadata, seconds);
    return seconds > 0;
  }
  if (left === undefined || left === 0) return false;
  const asked = options.gracePeriodSeconds;
  if (asked === undefined || asked >= left) return true;
  const began = Date.parse(stored.metadata.deletionTimestamp) - left * 1000;
  const now = core.clock.now();
  const late = began + asked * 1000 < now;
  metadata['deletionTimestamp'] = timestamp(late ? now : began + asked * 1000);
  metadata['deletionGracePeriodSeconds'] = late && asked !== 0 ? 1 : asked;
  return asked !== 0;
}

function graceOf(pod: Draft, options: DeleteOptions): number {
  const phase = textAt(pod, 'status', 'phase');
  if (textAt(pod, 'spec', 'nodeName') === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
  const seconds = options.gracePeriodSeconds ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 0;
  return seconds < 0 ? 1 : seconds;
}

const collectors = ['orphan', 'foregroundDeletion'];

/** The garbage collector's own finalizers follow the propagation policy; everybody else's stay. */
function finalizersFor(call: Call, stored: KubeObject, options: DeleteOptions): string[] {
  const { finalizers = [] } = stored.metadata;
  const others = finalizers.filter((name) => !collectors.includes(name));
  const wanted = collectorFinalizer(call, finalizers, options);
  return wanted === undefined ? others : [...others, wanted];
}

function collectorFinalizer(
  call: Call,
  finalizers: readonly string[],
  options: DeleteOptions,
): string | undefined {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'orphan' : undefined;
  switch (options.propagationPolicy) {
    case 'Orphan':
      return 'orphan';
    case 'Foreground':
      return 'foregroundDeletion';
    case undefined:
      return finalizers.find((name) => collectors.includes(name)) ?? usual(call);
    default:
      return undefined;
  }
}

function usual(call: Call): string | undefined {
  if (strategyOf(call.kind).deletes !== 'Orphan') return undefined;
  call.warnings.push(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  );
  return 'orphan';
}

function terminateNamespace(core: Core, namespace: Draft): boolean {
  const metadata = childOf(namespace, 'metadata');
  metadata['deletionTimestamp'] ??= timestamp(core.clock.now());
  childOf(namespace, 'status')['phase'] = 'Terminating';
  const left = at(namespace, 'spec', 'finalizers');
  return isList(left) && left.length > 0;
}

function checkPreconditions(call: Call, stored: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = stored.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw conflictOnKind(
      call.kind,
      stored.metadata.name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflictOnKind(
      call.kind,
      stored.metadata.name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

const policies = ['Foreground', 'Background', 'Orphan', 'nil'];

function checkOptions(options: DeleteOptions): void {
  const faults = new Faults();
  const { propagationPolicy: policy } = options;
  if (policy !== undefined && options.orphanDependents !== undefined) {
    faults.invalid(
      'propagationPolicy',
      policy,
      'orphanDependents and deletionPropagation cannot be both set',
    );
  }
  if (policy !== undefined && !policies.slice(0, 3).includes(policy)) {
    faults.unsupported('propagationPolicy', policy, policies);
  }
  faults.check('meta.k8s.io', 'DeleteOptions', '');
}
