import type { Json } from '../../objects/json.js';
import type { KubeObject } from '../store/object.js';

/** events.k8s.io/v1 → core/v1 field names. Everything else is called the same in both. */
const coreNames: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
};
const newNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(coreNames).map(([newer, older]) => [older, newer]),
);

/** Both event APIs see the same objects; they are stored as core/v1. */
export const eventToStorage = (object: KubeObject): KubeObject => renamed(object, coreNames, 'v1');

export const eventFromStorage = (object: KubeObject): KubeObject =>
  renamed(object, newNames, 'events.k8s.io/v1');

function renamed(
  object: KubeObject,
  names: Readonly<Record<string, string>>,
  apiVersion: string,
): KubeObject {
  const members: [string, Json | undefined][] = Object.entries(object).map(([key, value]) => [
    names[key] ?? key,
    value,
  ]);
  return { ...Object.fromEntries(members), apiVersion } as KubeObject;
}
