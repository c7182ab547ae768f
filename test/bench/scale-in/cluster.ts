import type { JsonObject } from '../../../src/objects/json.ts';
import { startRemote, type Remote } from '../remote.ts';

/** What the API server can be told, and what it answers. */
export type Commands = {
  readonly open: {
    readonly ask: undefined;
    readonly answer: {
      readonly url: string;
      readonly token: string;
      readonly caBundle: string;
      readonly kubeconfig: string;
    };
  };
  /** `bound`: they are on virtual nodes, and marked. */
  readonly pods: {
    readonly ask: { readonly prefix: string; readonly count: number; readonly bound: boolean };
    readonly answer: undefined;
  };
  readonly reset: { readonly ask: undefined; readonly answer: undefined };
  readonly landed: { readonly ask: undefined; readonly answer: Landed };
  readonly register: { readonly ask: JsonObject; readonly answer: undefined };
  readonly unregister: { readonly ask: string; readonly answer: undefined };
  /** What kubelets say of so many pods; another `round` is something else. */
  readonly status: {
    readonly ask: { readonly prefix: string; readonly count: number; readonly round: number };
    readonly answer: undefined;
  };
};

/** What became of the pods that were bound since the last reset. */
export interface Landed {
  readonly bound: number;
  /** Marked in the very first state that shows their node. */
  readonly inFirstState: number;
  readonly marked: number;
  /** From bind to mark, of those that have one. */
  readonly windowMs: { readonly p50: number; readonly p99: number } | undefined;
  /** From the first bind to the last mark; NaN while one is missing. */
  readonly seconds: number;
  readonly patches: number;
  readonly reads: number;
}

/** An API server in a process of its own. */
export type Api = Remote<Commands>;

export const startApi = (): Promise<Api> => startRemote<Commands>(new URL('api.ts', import.meta.url));
