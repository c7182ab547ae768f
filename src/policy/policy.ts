import type { z } from 'zod';
import type { Json } from '../objects/json.js';
import type { policySchema } from './schema.js';

/** The platform team's wish, with every default filled in. What each field means: `schema.ts`. */
export type Policy = DeepReadonly<z.output<typeof policySchema>>;

export type PolicySpec = Policy['spec'];
export type Placement = PolicySpec['placement'];
export type PolicyProvider = Placement['providers'][number];
export type PolicyEnvVar = PolicySpec['env'][number];
export type LogDestination = NonNullable<PolicySpec['logs']>['destinations'][number];
export type PolicyMode = PolicySpec['mode'];

/** Stops at free JSON, which is read-only as it is. */
type DeepReadonly<T> = Json extends T
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
