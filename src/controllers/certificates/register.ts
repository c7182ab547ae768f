import { messageOf } from '../../errors.js';
import { certificateMetrics } from '../../telemetry/metrics.js';
import type { Controller } from '../controller.js';
import type { ControllerContext } from '../registry.js';
import { createCertificates } from './index.js';

/** Off where somebody else makes the certificates: cert-manager, or whoever filled the Secret. */
export function certificates(
  context: Pick<ControllerContext, 'client' | 'clock' | 'random' | 'log' | 'registry' | 'options'>,
): Controller | undefined {
  const { certificates: wanted } = context.options;
  if (wanted === undefined) return undefined;
  const { log } = context;
  const { expiry } = certificateMetrics(context.registry);
  return createCertificates({
    ...context,
    ...wanted,
    observer: {
      renewed({ authority, leaf }, patched) {
        log.info({ authority, leaf, patched }, 'certificates written');
      },
      expires(authority, leaf) {
        expiry.set({ role: 'ca' }, authority / 1000);
        expiry.set({ role: 'serving' }, leaf / 1000);
      },
      failed(error) {
        log.error({ error: messageOf(error) }, 'certificates not written, will be tried again');
      },
      left() {
        expiry.reset();
      },
    },
  });
}
