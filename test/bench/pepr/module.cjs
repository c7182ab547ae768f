// The mutation of ../fixtures/policies/cronjobs.yaml as a Pepr module, written as Pepr's guide has it. It runs as in a
// cluster: what `pepr build` bundles is this file, with the library outside of the bundle.
const { a, Capability, PeprModule } = require('pepr');
const { description, pepr } = require('./package.json');

const prefix = 'eks.tke.cloud.tencent.com';

const tolerations = [
  { key: `${prefix}/eklet`, operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3600 },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3600 },
];

const expression = { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['eklet'] };

const env = [
  { name: 'EKS_LOGS_OUTPUT_TYPE', value: 'kafka' },
  { name: 'EKS_LOGS_LOG_PATHS', value: 'stdout' },
  { name: 'EKS_LOGS_KAFKA_BROKERS', value: 'kafka.logging:9092' },
  { name: 'EKS_LOGS_KAFKA_TOPIC', value: 'app-logs' },
  { name: 'JAEGER_ENDPOINT', value: 'http://jaeger-collector.tracing:14268/api/traces' },
  { name: 'JAEGER_SAMPLING_ENDPOINT', value: 'http://jaeger-collector.tracing:5778/sampling' },
  { name: 'RUNTIME', value: 'serverless' },
];

const placement = new Capability({
  name: 'placement',
  description: 'Runs CronJobs on virtual nodes',
  namespaces: ['shop'],
});

placement
  .When(a.CronJob)
  .IsCreatedOrUpdated()
  .InNamespace('shop')
  .Mutate((request) => {
    const { metadata, spec } = request.Raw;
    const template = spec.jobTemplate.spec.template;
    tolerate(template.spec);
    requireNodes(template.spec);
    annotate(template, metadata, spec.timeZone);
    for (const container of [...template.spec.containers, ...(template.spec.initContainers ?? [])]) {
      addVariables(container);
    }
  });

function tolerate(spec) {
  const there = (spec.tolerations ??= []);
  for (const wanted of tolerations) {
    if (!there.some(({ key, effect }) => key === wanted.key && effect === wanted.effect)) there.push(wanted);
  }
}

function requireNodes(spec) {
  const node = ((spec.affinity ??= {}).nodeAffinity ??= {});
  const required = (node.requiredDuringSchedulingIgnoredDuringExecution ??= { nodeSelectorTerms: [{}] });
  for (const term of required.nodeSelectorTerms) (term.matchExpressions ??= []).push(expression);
}

function annotate(template, { name, namespace }, timeZone) {
  const annotations = ((template.metadata ??= {}).annotations ??= {});
  annotations[`${prefix}/use-image-cache`] ??= 'auto';
  annotations[`${prefix}/cbs-reuse-key`] ??= `${namespace}/${name}`;
  if (timeZone !== undefined) annotations[`${prefix}/host-timezone`] ??= timeZone;
}

function addVariables(container) {
  const there = (container.env ??= []);
  for (const variable of env) if (!there.some(({ name }) => name === variable.name)) there.push(variable);
}

new PeprModule({ description, pepr }, [placement], { deferStart: true }).start(Number(process.argv[2]));
