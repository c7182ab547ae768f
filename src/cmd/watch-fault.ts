import { messageOf } from '../errors.js';
import { kindOf } from '../kube/errors.js';
import type { Logger } from '../telemetry/logger.js';

/**
 * A watch that ends is everyday life; what needs a person is a role or a definition that is missing. The same
 * complaint is told once: a missing CRD is asked for every half minute.
 */
export function watchFault(log: Logger, faults: { inc(): void }): (error: unknown, during: string) => void {
  let before = '';
  return (error, during) => {
    faults.inc();
    const text = messageOf(error);
    if (text === before) return;
    before = text;
    const kind = kindOf(error);
    const level = kind === 'forbidden' || kind === 'not-found' ? 'error' : 'warn';
    log[level]({ during, error: text }, 'watch interrupted');
  };
}
