import {
  at,
  childOf,
  copy,
  isDraft,
  isList,
  numberAt,
  objectsAt,
  stringsAt,
  textAt,
} from '../../store/object.js';
import type { Draft } from '../../store/object.js';
import { dnsLabel, labelValue, qualifiedName, serviceName } from '../names.js';
import type { Strategy } from '../strategy.js';

export const namespaceStrategy: Strategy = {
  defaults(namespace) {
    const name = textAt(namespace, 'metadata', 'name');
    if (name !== '') childOf(childOf(namespace, 'metadata'), 'labels')['kubernetes.io/metadata.name'] = name;
    childOf(namespace, 'status')['phase'] ??= 'Active';
  },
  prepareCreate(namespace) {
    const name = textAt(namespace, 'metadata', 'name');
    childOf(childOf(namespace, 'metadata'), 'labels')['kubernetes.io/metadata.name'] = name;
    namespace['status'] = { phase: 'Active' };
    const spec = childOf(namespace, 'spec');
    const finalizers = isList(spec['finalizers']) ? spec['finalizers'] : [];
    if (!finalizers.includes('kubernetes')) spec['finalizers'] = ['kubernetes', ...(finalizers as string[])];
  },
  prepareUpdate(namespace, old) {
    namespace['spec'] = copy(old.spec ?? {});
  },
  checkName: dnsLabel,
};

/** Memory of an object that a write may take: what etcd takes in one request, less some room (1.5 MiB). */
const maxDataBytes = 1024 * 1024;

export const configMapStrategy: Strategy = {
  validate(map, faults) {
    const sizes = ['data', 'binaryData'].flatMap((field) => Object.values(stringsAt(map, field)));
    const total = sizes.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (total > maxDataBytes) faults.tooLong('[]', maxDataBytes);
    for (const field of ['data', 'binaryData']) {
      for (const key of Object.keys(stringsAt(map, field))) {
        if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) faults.invalid(`${field}[${key}]`, key, badKey);
      }
    }
  },
  validateUpdate(map, old, faults) {
    if (at(old, 'immutable') !== true) return;
    if (map['immutable'] !== true)
      faults.forbidden('immutable', 'field is immutable when `immutable` is set');
    for (const field of ['data', 'binaryData']) {
      if (JSON.stringify(map[field]) !== JSON.stringify(at(old, field))) {
        faults.forbidden(field, 'field is immutable when `immutable` is set');
      }
    }
  },
};

const badKey =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

export const secretStrategy: Strategy = {
  defaults(secret) {
    secret['type'] ??= 'Opaque';
    const texts = stringsAt(secret, 'stringData');
    for (const [key, text] of Object.entries(texts)) {
      childOf(secret, 'data')[key] = Buffer.from(text).toString('base64');
    }
    delete secret['stringData'];
  },
  validateUpdate(secret, old, faults) {
    const type = textAt(secret, 'type');
    if (type !== textAt(old, 'type')) faults.invalid('type', type, 'field is immutable');
  },
};

export const serviceStrategy: Strategy = {
  defaults(service) {
    const spec = childOf(service, 'spec');
    spec['sessionAffinity'] ??= 'None';
    spec['type'] ??= 'ClusterIP';
    for (const port of objectsAt(spec, 'ports')) {
      port['protocol'] ??= 'TCP';
      port['targetPort'] ??= port['port'];
    }
    if (spec['type'] !== 'ExternalName') spec['internalTrafficPolicy'] ??= 'Cluster';
  },
  prepareCreate(service, { nextClusterIP }) {
    const spec = childOf(service, 'spec');
    if (spec['type'] === 'ExternalName') return;
    const address = textAt(spec, 'clusterIP') || nextClusterIP();
    spec['clusterIP'] = address;
    spec['clusterIPs'] ??= [address];
    if (address === 'None') return;
    spec['ipFamilies'] ??= ['IPv4'];
    spec['ipFamilyPolicy'] ??= 'SingleStack';
  },
  prepareUpdate(service, old) {
    const spec = childOf(service, 'spec');
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
      const value = at(old, 'spec', field);
      if (value !== undefined && spec[field] === undefined) spec[field] = copy(value);
    }
  },
  validate(service, faults) {
    const ports = objectsAt(service, 'spec', 'ports');
    const spec = childOf(service, 'spec');
    if (ports.length === 0 && spec['clusterIP'] !== 'None' && spec['type'] !== 'ExternalName') {
      faults.required('spec.ports');
    }
    ports.forEach((port, i) => {
      const number = numberAt(port, 'port') ?? 0;
      if (number < 1 || number > 65535) {
        faults.invalid(`spec.ports[${i}].port`, number, 'must be between 1 and 65535, inclusive');
      }
    });
  },
  checkName: serviceName,
};

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const nodeStrategy: Strategy = {
  defaults(node) {
    const status = childOf(node, 'status');
    const capacity = status['capacity'];
    if (status['allocatable'] === undefined && isDraft(capacity)) status['allocatable'] = { ...capacity };
  },
  keepsStatus: true,
  validate: (node, faults) => {
    const seen = new Set<string>();
    objectsAt(node, 'spec', 'taints').forEach((taint, i) => {
      const path = `spec.taints[${i}]`;
      const key = textAt(taint, 'key');
      const value = textAt(taint, 'value');
      const effect = textAt(taint, 'effect');
      for (const fault of qualifiedName(key)) faults.invalid(`${path}.key`, key, fault);
      for (const fault of labelValue(value)) faults.invalid(`${path}.value`, value, fault);
      if (!taintEffects.includes(effect)) faults.unsupported(`${path}.effect`, effect, taintEffects);
      if (seen.has(`${key}:${effect}`)) faults.duplicate(path, taint);
      seen.add(`${key}:${effect}`);
    });
  },
};

export const priorityClassStrategy: Strategy = {
  defaults(priority: Draft) {
    priority['preemptionPolicy'] ??= 'PreemptLowerPriority';
  },
};

export const leaseStrategy: Strategy = {
  validate(lease, faults) {
    const duration = numberAt(lease, 'spec', 'leaseDurationSeconds');
    if (duration !== undefined && duration <= 0) {
      faults.invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0');
    }
    const transitions = numberAt(lease, 'spec', 'leaseTransitions');
    if (transitions !== undefined && transitions < 0) {
      faults.invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0');
    }
  },
};

export const eventStrategy: Strategy = {
  validate(event, faults) {
    const namespace = textAt(event, 'metadata', 'namespace');
    const involved = textAt(event, 'involvedObject', 'namespace');
    const expected = involved === '' ? 'default' : involved;
    if (namespace !== expected) {
      faults.invalid('involvedObject.namespace', involved, 'does not match event.namespace');
    }
  },
};
