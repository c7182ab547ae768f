/** What goes wrong with a request. */
export type Fault =
  /** Refused with a Status. */
  | {
      readonly type: 'status';
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      /** Sent as a Retry-After header and in the details. */
      readonly retryAfterSeconds?: number;
    }
  /** Answered late. */
  | { readonly type: 'delay'; readonly ms: number }
  /** Accepted and never answered. */
  | { readonly type: 'silence' }
  /** The connection closes without an answer. */
  | { readonly type: 'reset' }
  /** The connection closes after this many bytes of the body. */
  | { readonly type: 'cut'; readonly afterBytes: number }
  /** A watch gets an ERROR event with status 410 after this many events, and ends. */
  | { readonly type: 'expire'; readonly afterEvents: number };

/** Which requests a fault hits: those that fit every field given. */
export interface FaultMatch {
  /** get, list, watch, create, update, patch, delete, deletecollection */
  readonly verb?: string;
  /** `pods`, `jobs.batch` */
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly user?: string;
}

export interface PlannedFault {
  readonly match: FaultMatch;
  readonly fault: Fault;
  /** How many requests it hits; default: every one. */
  readonly times?: number;
}

/** What a request is, as faults and authorization look at it. */
export interface RequestInfo {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
}

/** The faults that are due, in the order they were added. Each request meets every fault that fits it. */
export class FaultPlan {
  readonly #faults: { readonly planned: PlannedFault; hits: number }[] = [];

  /** @returns how to take it back, and how often it hit */
  add(planned: PlannedFault): { remove(): void; hits(): number } {
    const entry = { planned, hits: 0 };
    this.#faults.push(entry);
    return {
      remove: () => {
        const at = this.#faults.indexOf(entry);
        if (at >= 0) this.#faults.splice(at, 1);
      },
      hits: () => entry.hits,
    };
  }

  clear(): void {
    this.#faults.length = 0;
  }

  /** The faults that hit this request; it counts as hit. */
  take(request: RequestInfo): readonly Fault[] {
    const due = this.#faults.filter(
      ({ planned, hits }) =>
        hits < (planned.times ?? Number.POSITIVE_INFINITY) && fits(planned.match, request),
    );
    for (const entry of due) entry.hits++;
    return due.map(({ planned }) => planned.fault);
  }
}

const fits = (match: FaultMatch, request: RequestInfo): boolean =>
  Object.entries(match).every(([field, value]) => request[field as keyof RequestInfo] === value);
