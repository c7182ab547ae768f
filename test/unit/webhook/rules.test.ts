import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { parseReview } from '../../../src/webhook/review.js';
import { handledKind } from '../../../src/webhook/rules.js';
import { cronJob, job, pod, review, type ReviewParts } from '../../support/build.js';
import type { JsonObject } from '../../../src/objects/json.js';

const handled = (object: JsonObject | null, parts: ReviewParts) =>
  handledKind(parseReview(review(object, parts)));

describe('handledKind', () => {
  it.each<[JsonObject, string, string]>([
    [cronJob(), 'CREATE', 'CronJob'],
    [cronJob(), 'UPDATE', 'CronJob'],
    [job(), 'CREATE', 'Job'],
    [pod(), 'CREATE', 'Pod'],
  ])('%# takes the template of a workload', (object, operation, kind) => {
    expect(handled(object, { operation })).toEqual({ kind, object });
  });

  it.each<[string, JsonObject | null, ReviewParts, string]>([
    ['the update of a Job', job(), { operation: 'UPDATE' }, 'operation-not-handled'],
    ['the update of a Pod', pod(), { operation: 'UPDATE' }, 'operation-not-handled'],
    ['the end of a CronJob', null, { kind: 'CronJob', operation: 'DELETE' }, 'operation-not-handled'],
    ['a connection', pod(), { operation: 'CONNECT' }, 'operation-not-handled'],
    ['the status of a CronJob', cronJob(), { operation: 'UPDATE', subResource: 'status' }, 'subresource'],
    ['the resources of a Pod', pod(), { operation: 'UPDATE', subResource: 'resize' }, 'subresource'],
    ['a Deployment', { kind: 'Deployment' }, {}, 'kind-not-handled'],
    ['a binding', { kind: 'Binding' }, { subResource: 'binding' }, 'kind-not-handled'],
  ])('leaves %s alone', (_, object, parts, because) => {
    expect(handled(object, parts)).toEqual({ because });
  });

  it('leaves a kind of the same name of another group alone', () => {
    const request = parseReview(review(cronJob()));
    expect(handledKind({ ...request, group: 'example.com' })).toEqual({ because: 'kind-not-handled' });
  });

  it('takes an object that does not say its kind', () => {
    const object = { spec: {} };
    expect(handled(object, { kind: 'Job' })).toEqual({ kind: 'Job', object });
  });

  it.each<[string, JsonObject | null, string]>([
    ['no object', null, 'request.object: expected an object, got null'],
    ['another kind', pod(), '/kind: expected Job, got "Pod"'],
    ['a kind that is no text', { kind: 5 }, '/kind: expected Job, got number'],
  ])('finds a fault in %s', (_, object, message) => {
    expect(() => handled(object, { kind: 'Job' })).toThrow(new AppError('object-invalid', message));
  });
});
