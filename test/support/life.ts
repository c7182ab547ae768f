import type { JsonObject } from '../../src/objects/json.js';
import { createSimClock } from '../../src/sim/clock.js';
import type { SimClock } from '../../src/sim/clock.js';
import { createDoor } from '../../src/sim/controllers/door.js';
import type { Door } from '../../src/sim/controllers/door.js';
import { controllerManagerDefaults } from '../../src/sim/controllers/loop.js';
import type { ControllerDeps } from '../../src/sim/controllers/loop.js';
import { createRandom } from '../../src/sim/random.js';
import { Store } from '../../src/sim/store/store.js';

export interface LifeBench extends ControllerDeps {
  readonly clock: SimClock;
  /** Moves on by so many seconds. */
  readonly pass: (seconds: number) => Promise<void>;
}

/** 2026-03-01T00:00:00Z, in milliseconds. */
export const midnight = Date.UTC(2026, 2, 1);

/** An empty cluster on a clock of its own, to start single controllers in. */
export function life(): LifeBench {
  const clock = createSimClock(midnight);
  const random = createRandom(1);
  const door: Door = createDoor({ store: new Store({ clock }), clock, random });
  const pass = (seconds: number): Promise<void> => clock.run(clock.now() + seconds * 1000);
  return { door, clock, random, pass, ...controllerManagerDefaults };
}

/** A pod as a user makes it; asks for one core and 1 GiB. */
export const plainPod = (name: string, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'apps' },
  spec: {
    containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '1', memory: '1Gi' } } }],
    ...spec,
  },
});

export const plainNode = (name: string, cpu = '4'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { allocatable: { cpu, memory: '64Gi', pods: '110' } },
});

export const plainJob = (name: string, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'apps' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main' }] } }, ...spec },
});
