/** Something that happened to a pod or its Job. */
export interface TraceStep {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How exact `at` is: the scheduler's own clock has milliseconds, the API's times whole seconds. */
  readonly grain: 'ms' | 's';
  readonly what: string;
  /** `pod/NAME`, `job/NAME`. */
  readonly of: string;
  /** Empty where there is nothing more to say. */
  readonly detail: string;
}

export const step = (
  at: number | undefined,
  grain: TraceStep['grain'],
  what: string,
  of: string,
  detail = '',
): readonly TraceStep[] => (at === undefined || Number.isNaN(at) ? [] : [{ at, grain, what, of, detail }]);

export const timeOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text);

/** What of a condition is told. */
export interface ConditionParts {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}
