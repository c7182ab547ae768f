import { AppError } from '../errors.js';
import type { Clock } from '../telemetry/clock.js';
import type { Observation } from './observe.js';
import type { Handler } from './route.js';

/** One review decided: what goes back, and what is to be told of it. */
export interface Decided {
  /** An AdmissionReview with its response, to be written as JSON. */
  readonly review: unknown;
  readonly observation: Observation;
}

export interface HandlerDeps {
  /**
   * Decides on a review as it was parsed; `bytes` is its size. Synchronous.
   * @throws AppError `review-invalid` where there is no uid to answer to.
   */
  readonly decide: (review: unknown, bytes: number) => Decided;
  readonly observe: (observation: Observation, seconds: number) => void;
  readonly clock: Clock;
}

/** Bytes to bytes: parse once, decide, write once; the log and the counters come after the answer. */
export function createHandler({ decide, observe, clock }: HandlerDeps): Handler {
  return (bytes) => {
    const start = clock.monotonic();
    const { review, observation } = decide(parse(bytes), bytes.length);
    const body = JSON.stringify(review);
    const seconds = (clock.monotonic() - start) / 1000;
    return {
      body,
      sent: () => {
        observe(observation, seconds);
      },
    };
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    // The engine's message quotes a piece of the text, which may hold a secret.
    throw new AppError('review-invalid', 'the body is not JSON', { cause: error });
  }
}
