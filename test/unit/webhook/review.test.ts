import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { answer, parseReview } from '../../../src/webhook/review.js';
import { cronJob, pod, review } from '../../support/build.js';

describe('parseReview', () => {
  it('reads what an answer depends on', () => {
    const object = pod({ metadata: { name: undefined, generateName: 'report-' } });
    const parts = { uid: 'u1', operation: 'UPDATE', namespace: 'batch', subResource: 'status', dryRun: true };
    expect(parseReview(review(object, { ...parts, username: 'jane' }))).toEqual({
      uid: 'u1',
      group: '',
      kind: 'Pod',
      subResource: 'status',
      operation: 'UPDATE',
      namespace: 'batch',
      name: '',
      dryRun: true,
      username: 'jane',
      object,
      oldObject: null,
    });
    const oldObject = pod();
    expect(parseReview(review(object, { ...parts, oldObject }))).toMatchObject({ object, oldObject });
  });

  it('takes what is absent or of a wrong type as empty, as only the uid is needed for an answer', () => {
    const request = { uid: 'u1', kind: 'Pod', operation: 5, dryRun: 'true', userInfo: null, object: [] };
    const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
    expect(parseReview(body)).toEqual({
      uid: 'u1',
      group: '',
      kind: '',
      subResource: '',
      operation: '',
      namespace: '',
      name: '',
      dryRun: false,
      username: '',
      object: null,
      oldObject: null,
    });
  });

  it.each<[string, unknown, string]>([
    ['a null', null, 'the body: expected an AdmissionReview, got null'],
    ['a list', [], 'the body: expected an AdmissionReview, got array'],
    ['a text', 'AdmissionReview', 'the body: expected an AdmissionReview, got string'],
    ['another kind', cronJob(), 'kind: expected AdmissionReview, got "CronJob"'],
    ['no kind', {}, 'kind: expected AdmissionReview, got undefined'],
    [
      'v1beta1',
      { ...review(pod()), apiVersion: 'admission.k8s.io/v1beta1' },
      'apiVersion: expected admission.k8s.io/v1, got "admission.k8s.io/v1beta1"',
    ],
    ['no request', { ...review(pod()), request: null }, 'request: expected an object, got null'],
    ['a request that is a list', { ...review(pod()), request: [] }, 'request: expected an object, got array'],
    ['no uid', { ...review(pod()), request: {} }, 'request.uid: expected a text, got undefined'],
    ['an empty uid', { ...review(pod()), request: { uid: '' } }, 'request.uid: expected a text, got ""'],
    [
      'a number as uid',
      { ...review(pod()), request: { uid: 5 } },
      'request.uid: expected a text, got number',
    ],
  ])('refuses %s', (_, body, message) => {
    expect(() => parseReview(body)).toThrow(new AppError('review-invalid', message));
  });

  it('quotes at most 80 characters of what came', () => {
    expect(() => parseReview({ kind: 'x'.repeat(1_000) })).toThrow(`got "${'x'.repeat(80)}"`);
  });
});

describe('answer', () => {
  it('sends a patch with its type, in base64', () => {
    expect(answer('u1', '[{"op":"remove","path":"/é"}]', [], { verdict: 'patched' })).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: {
        uid: 'u1',
        allowed: true,
        patchType: 'JSONPatch',
        patch: 'W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL8OpIn1d',
        auditAnnotations: { verdict: 'patched' },
      },
    });
  });

  it('sends neither without a patch: the API server refuses one without the other', () => {
    expect(answer('u1', '', [], {}).response).toEqual({ uid: 'u1', allowed: true, auditAnnotations: {} });
  });

  it.each([
    ['a short one', 'left alone', 'left alone'],
    ['one of 120 characters', 'x'.repeat(120), 'x'.repeat(120)],
    ['a longer one, cut', 'x'.repeat(121), `${'x'.repeat(117)}...`],
    ['line breaks and what no header holds', 'a\r\nb\u{0}c é\t.', 'a b c  .'],
  ])('sends a warning as a header value: %s', (_, warning, sent) => {
    expect(answer('u1', '', [warning], {}).response.warnings).toEqual([sent]);
  });
});
