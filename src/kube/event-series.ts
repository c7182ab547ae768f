import type { Json, JsonObject } from '../objects/json.js';

/** What an event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for what has none; its events go to `default`, where kubectl looks for them. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

/** Something that happened to an object, for `kubectl describe`. */
export interface EventFacts {
  readonly regarding: Regarding;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, from a closed set: people filter by it. */
  readonly reason: string;
  /** A sentence. The same sentence about the same object becomes one event that counts. */
  readonly message: string;
}

/** Who says it. */
export interface Reporter {
  /** Shown as `From`. */
  readonly component: string;
  /** Which replica. */
  readonly instance: string;
}

/** The same thing said again and again. */
export interface Series {
  readonly facts: EventFacts;
  /** The Event's name; another after the server has forgotten the Event. */
  name: string;
  count: number;
  /** Wall clock. */
  firstAt: number;
  lastAt: number;
  /** Monotonic time of the last write; undefined: never written. */
  writtenAt: number | undefined;
}

/** Two facts with the same text here are the same thing said again. */
export function seriesKey({ regarding, type, reason, message }: EventFacts): string {
  const { kind, namespace = '', name, uid = '' } = regarding;
  return JSON.stringify([kind, namespace, name, uid, type, reason, message]);
}

export const namespaceOf = ({ regarding }: EventFacts): string => regarding.namespace ?? 'default';

/**
 * A core/v1 Event. Not events.k8s.io/v1, though it is newer: `kubectl describe` sorts by lastTimestamp
 * (kubectl/pkg/util/event), which the newer kind must leave out, so that its events stand first whenever they were.
 */
export function newEvent(series: Series, { component, instance }: Reporter): JsonObject {
  const { facts, name } = series;
  const regarding: Json = { ...facts.regarding };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: namespaceOf(facts) },
    involvedObject: regarding,
    type: facts.type,
    reason: facts.reason,
    message: shorten(facts.message),
    firstTimestamp: time(series.firstAt),
    source: { component },
    reportingComponent: component,
    reportingInstance: instance,
    ...eventUpdate(series),
  };
}

/** A merge patch for an Event that was written before. */
export function eventUpdate(series: Series): JsonObject {
  return { count: series.count, lastTimestamp: time(series.lastAt) };
}

/** Unique for an object: the parts are when it was first said and how many were said before by this process. */
export function eventName({ regarding }: EventFacts, now: number, serial: number): string {
  // Room for the suffix within the 253 characters of a name.
  const name = regarding.name.slice(0, 220).replace(/[.-]+$/, '');
  return `${name}.${now.toString(16)}.${serial.toString(16)}`;
}

/** What the API server allows in the newer kind: apis/core/validation/events.go, NoteLengthLimit. */
const longestMessage = 1024;
const shorten = (text: string): string =>
  text.length > longestMessage ? `${text.slice(0, longestMessage - 1)}…` : text;

/** The API's Time has whole seconds. */
const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
