import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export { Registry };

/**
 * Every metric of tidegate, by the part that counts it; `docs/metrics.md` lists them and a test compares both ways.
 * Labels come from closed sets, never from what a user wrote. Each process registers the parts that it runs.
 */
export function createRegistry(build: { readonly version: string }): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'tidegate_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: build.version, node: process.versions.node }, 1);
  return registry;
}

export type AdmissionMetrics = ReturnType<typeof admissionMetrics>;

/** What the webhook answers. */
export function admissionMetrics(registry: Registry) {
  const registers = [registry];
  return {
    reviews: new Counter({
      name: 'tidegate_admission_reviews_total',
      help: 'Reviews answered, by kind, operation, verdict and reason.',
      labelNames: ['kind', 'operation', 'verdict', 'reason'],
      registers,
    }),
    duration: new Histogram({
      name: 'tidegate_admission_duration_seconds',
      help: 'From the last byte of a review read to its answer made.',
      buckets: [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
      registers,
    }),
    patchBytes: new Histogram({
      name: 'tidegate_admission_patch_bytes',
      help: 'Size of each patch sent, as JSON before base64.',
      buckets: [256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536, 262_144],
      registers,
    }),
    patchOperations: new Histogram({
      name: 'tidegate_admission_patch_operations',
      help: 'JSON Patch operations in each patch sent.',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    notOffered: new Counter({
      name: 'tidegate_admission_not_offered_total',
      help: 'Wishes of policies that a workload could not be given, though the rest was, by kind and reason.',
      labelNames: ['kind', 'reason'],
      registers,
    }),
    refusals: new Counter({
      name: 'tidegate_http_refusals_total',
      help: 'Requests on the TLS port that were no review to answer, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    handshakeFailures: new Counter({
      name: 'tidegate_tls_handshake_failures_total',
      help: 'Connections that ended before TLS was agreed.',
      registers,
    }),
    faults: new Counter({
      name: 'tidegate_unexpected_errors_total',
      help: 'Errors that nothing expected; the process went on.',
      registers,
    }),
  };
}

export type PolicyMetrics = ReturnType<typeof policyMetrics>;

/** The policies that serve. */
export function policyMetrics(registry: Registry) {
  const registers = [registry];
  return {
    reloads: new Counter({
      name: 'tidegate_policy_reloads_total',
      help: 'Changed policies read, by result: loaded, or refused because of a fault.',
      labelNames: ['result'],
      registers,
    }),
    loaded: new Gauge({
      name: 'tidegate_policies_loaded',
      help: 'Policies that serve now.',
      registers,
    }),
    generation: new Gauge({
      name: 'tidegate_policy_generation',
      help: 'How often the serving policies have changed since the start; the first load is 1.',
      registers,
    }),
    info: new Gauge({
      name: 'tidegate_policy_info',
      help: 'Always 1; the label is a hash of the serving policies: replicas that differ in it differ in policy.',
      labelNames: ['hash'],
      registers,
    }),
    faulty: new Gauge({
      name: 'tidegate_policy_faulty',
      help: '1 while the newest policies have a fault and the last good ones serve, else 0.',
      registers,
    }),
  };
}

export type CertificateMetrics = ReturnType<typeof certificateMetrics>;

/** The certificates that serve. */
export function certificateMetrics(registry: Registry) {
  const registers = [registry];
  return {
    expiry: new Gauge({
      name: 'tidegate_certificate_expiry_timestamp_seconds',
      help: 'When the certificate in use ends, by role: serving, client-ca, or ca.',
      labelNames: ['role'],
      registers,
    }),
    reloads: new Counter({
      name: 'tidegate_certificate_reloads_total',
      help: 'Changed certificate files read, by result: loaded, or refused because of a fault.',
      labelNames: ['result'],
      registers,
    }),
  };
}

/** Requests to the API server; every process that sends some counts them. */
export function kubeMetrics(registry: Registry) {
  const registers = [registry];
  return {
    denied: new Counter({
      name: 'tidegate_requests_denied_total',
      help: 'Requests that no role of this process allows, by verb and resource.',
      labelNames: ['verb', 'resource'],
      registers,
    }),
    watchFaults: new Counter({
      name: 'tidegate_watch_faults_total',
      help: 'Lists and watches that ended with a fault; each is taken up again.',
      registers,
    }),
  };
}

export type ScaleInMetrics = ReturnType<typeof scaleInMetrics>;

/** Marks of pods on virtual nodes; the webhook and the controller count them. */
export function scaleInMetrics(registry: Registry) {
  const registers = [registry];
  return {
    marks: new Counter({
      name: 'tidegate_scale_in_marks_total',
      help: 'Pods that landed on a virtual node, or whose mark was looked at there, by path and result.',
      labelNames: ['path', 'result'],
      registers,
    }),
    waiting: new Gauge({
      name: 'tidegate_scale_in_pods_waiting',
      help: 'Pods that wait for their mark to be repaired.',
      registers,
    }),
    leftAlone: new Gauge({
      name: 'tidegate_scale_in_pods_left_alone',
      help: 'Pods on virtual nodes whose deletion cost is left to another manager, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    bindToMark: new Histogram({
      name: 'tidegate_scale_in_bind_to_mark_seconds',
      help: 'From the bind of a pod to its first mark, by path; 0 where the mark rode in the bind.',
      labelNames: ['path'],
      buckets: [0, 1, 2, 5, 10, 30, 60, 300, 1800],
      registers,
    }),
  };
}

export type AdoptionMetrics = ReturnType<typeof adoptionMetrics>;

/** CronJobs that were there already. */
export function adoptionMetrics(registry: Registry) {
  const registers = [registry];
  return {
    standings: new Gauge({
      name: 'tidegate_adoption_cronjobs',
      help: 'CronJobs of the cluster, by how they stand to what the policies want.',
      labelNames: ['standing'],
      registers,
    }),
    cronJobs: new Counter({
      name: 'tidegate_adoption_cronjobs_total',
      help: 'CronJobs that were brought to what the policies want, by result.',
      labelNames: ['result'],
      registers,
    }),
  };
}

/** Log CRs that policies need. */
export function logConfigMetrics(registry: Registry) {
  return {
    writes: new Counter({
      name: 'tidegate_log_configs_total',
      help: 'Log CRs that were written for policies, by result.',
      labelNames: ['result'],
      registers: [registry],
    }),
  };
}

export type ControllerMetrics = ReturnType<typeof controllerMetrics>;

/** What every controller has. */
export function controllerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    leader: new Gauge({
      name: 'tidegate_leader',
      help: '1 while this process leads, else 0.',
      registers,
    }),
  };
}

export type SchedulerMetrics = ReturnType<typeof schedulerMetrics>;

/** From 1 ms to a minute: a bind takes milliseconds, the start of a pod in a cloud many seconds. */
const stageBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60];

/** The job scheduler. */
export function schedulerMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
    attempts: new Counter({
      name: 'tidegate_scheduler_schedule_attempts_total',
      help: 'Pods decided on, by lane and result: bound, unschedulable, gone, elsewhere, held or error.',
      labelNames: ['lane', 'result'],
      registers,
    }),
    pending: new Gauge({
      name: 'tidegate_scheduler_pending_pods',
      help: 'Pods that are not bound yet, by queue: ready, binding, or waiting because no node takes them.',
      labelNames: ['queue'],
      registers,
    }),
    bind: new Histogram({
      name: 'tidegate_scheduler_bind_duration_seconds',
      help: 'From a Binding sent to its answer, by lane.',
      labelNames: ['lane'],
      buckets: stageBuckets,
      registers,
    }),
    stages: new Histogram({
      name: 'tidegate_scheduler_stage_duration_seconds',
      help: 'Each stage of a pod by the clock of this process: job, pod, bound, accepted, started; by lane.',
      labelNames: ['stage', 'lane'],
      buckets: stageBuckets,
      registers,
    }),
    breaker: new Gauge({
      name: 'tidegate_scheduler_breaker_state',
      help: '0 closed, 1 half-open, 2 open; nodes are listed only while theirs is not closed.',
      labelNames: ['scope', 'name'],
      registers,
    }),
    transitions: new Counter({
      name: 'tidegate_scheduler_breaker_transitions_total',
      help: 'Breakers that changed, by scope and the state that they came to.',
      labelNames: ['scope', 'state'],
      registers,
    }),
    refused: new Counter({
      name: 'tidegate_scheduler_refused_pods_total',
      help: 'Bound pods that failed before a container ran, by lane and cause: stock, or rejected.',
      labelNames: ['lane', 'cause'],
      registers,
    }),
    rescues: new Counter({
      name: 'tidegate_scheduler_rescues_total',
      help: 'Bound pods that did not start, by what became of them: rescued, failed, or why they stay.',
      labelNames: ['result'],
      registers,
    }),
    dropped: new Counter({
      name: 'tidegate_scheduler_reports_dropped_total',
      help: 'Events and conditions that were not written, by what and why: full, or failed.',
      labelNames: ['what', 'why'],
      registers,
    }),
  };
  // By this one the alerts know a scheduler, also one that has seen no pod yet.
  for (const queue of ['ready', 'binding', 'waiting']) metrics.pending.set({ queue }, 0);
  return metrics;
}
