/**
 * Every error that a person may meet, by code. `docs/errors.md` explains each one; a test compares both ways.
 * A retired code is never used again.
 */
export const errorCodes = {
  usage: 'the command line is not understood',
  'policy-invalid': 'a policy file has faults',
  'manifest-invalid': 'a file with manifests cannot be read as YAML, or not be written',
  'object-invalid': 'a field that tidegate reads has the wrong type',
  'review-invalid': 'the request is no admission.k8s.io/v1 AdmissionReview that can be answered',
  'patch-invalid': 'a patch did not apply to the object it was made for',
  'annotations-too-large': 'the annotations of the patched object would pass the limit of the API server',
  'object-too-large': 'the patched object would pass a size limit of the API server',
  'certificate-invalid': 'a certificate or key cannot be read or does not fit',
  'secret-foreign': "somebody else's Secret has the name that ours would have",
  'file-unreadable': 'a file or folder cannot be read',
  'file-unwritable': 'a file cannot be written, or one is there already',
  'listen-failed': 'a port cannot be listened on',
  'kube-request': 'the API server refused a request or did not answer',
  'object-not-found': 'the cluster has no such object',
  'kubeconfig-invalid': 'a kubeconfig cannot be used',
  'still-opted-in': 'a namespace is opted in where it must not be',
  'no-answer': 'a process of tidegate does not answer where it was asked',
  'demo-failed': 'a part of the demo did not start',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** The one error class. `cause` keeps what lay beneath. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What was thrown, as one line of text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
