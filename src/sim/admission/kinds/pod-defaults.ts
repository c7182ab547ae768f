import { at, childOf, fillIn, isDraft, objectsAt, textAt } from '../../store/object.js';
import type { Draft } from '../../store/object.js';

/** Defaults of core/v1 for a Pod itself (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go). */
export function defaultPod(pod: Draft): void {
  const spec = childOf(pod, 'spec');
  defaultPodSpec(spec);
  spec['enableServiceLinks'] ??= true;
  for (const container of containersOf(spec)) {
    defaultRequests(childOf(container, 'resources'));
    if (spec['hostNetwork'] === true) {
      for (const port of objectsAt(container, 'ports')) port['hostPort'] ??= port['containerPort'];
    }
  }
}

/** Defaults for the spec of a Pod or of a template. */
export function defaultPodSpec(spec: Draft): void {
  fillIn(spec, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  });
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  if (account !== undefined) spec['serviceAccountName'] = spec['serviceAccount'] = account;
  for (const container of [...containersOf(spec), ...objectsAt(spec, 'ephemeralContainers')]) {
    defaultContainer(container);
  }
  for (const volume of objectsAt(spec, 'volumes')) defaultVolume(volume);
}

export const defaultTemplate = (template: Draft): void => {
  defaultPodSpec(childOf(template, 'spec'));
};

const containersOf = (spec: Draft): readonly Draft[] => [
  ...objectsAt(spec, 'containers'),
  ...objectsAt(spec, 'initContainers'),
];

function defaultContainer(container: Draft): void {
  fillIn(container, {
    imagePullPolicy: tagOf(textAt(container, 'image')) === 'latest' ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const port of objectsAt(container, 'ports')) port['protocol'] ??= 'TCP';
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[name]);
  for (const variable of objectsAt(container, 'env')) {
    const reference = at(variable, 'valueFrom', 'fieldRef');
    if (isDraft(reference)) reference['apiVersion'] ??= 'v1';
  }
}

/** `latest` where neither a tag nor a digest is given. */
function tagOf(image: string): string {
  const rest = image.slice(image.lastIndexOf('/') + 1);
  if (rest.includes('@')) return '';
  return rest.includes(':') ? rest.slice(rest.indexOf(':') + 1) : 'latest';
}

function defaultProbe(probe: unknown): void {
  if (!isDraft(probe)) return;
  fillIn(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isDraft(probe['httpGet'])) fillIn(probe['httpGet'], { path: '/', scheme: 'HTTP' });
  if (isDraft(probe['grpc'])) fillIn(probe['grpc'], { service: '' });
}

const sourcesWithMode = ['secret', 'configMap', 'downwardAPI', 'projected'];

function defaultVolume(volume: Draft): void {
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  for (const name of sourcesWithMode) {
    const source = volume[name];
    if (isDraft(source)) source['defaultMode'] ??= 0o644;
  }
  const host = volume['hostPath'];
  if (isDraft(host)) host['type'] ??= '';
  for (const source of objectsAt(volume, 'projected', 'sources')) {
    const token = source['serviceAccountToken'];
    if (isDraft(token)) token['expirationSeconds'] ??= 3600;
  }
}

/** Limits without requests are requests too. */
function defaultRequests(resources: Draft): void {
  const limits = resources['limits'];
  if (!isDraft(limits)) return;
  resources['requests'] = { ...limits, ...childOf(resources, 'requests') };
}
