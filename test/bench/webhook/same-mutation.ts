import jsonpatch from 'fast-json-patch';
import { isDeepStrictEqual } from 'node:util';

/** Applies an answer to its review: the pod template that comes of it. */
export function templateAfter(review: string, answer: string): unknown {
  const { request } = JSON.parse(review) as { request: { object: object } };
  const { response } = JSON.parse(answer) as { response: { allowed: boolean; patch?: string } };
  if (!response.allowed || response.patch === undefined) throw new Error(`expected a patch, got ${answer}`);
  const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString()) as jsonpatch.Operation[];
  const { newDocument } = jsonpatch.applyPatch(request.object, patch, true);
  return (newDocument as { spec: { jobTemplate: { spec: { template: unknown } } } }).spec.jobTemplate.spec
    .template;
}

/** @throws where two answers to the same review make different pods of it: then they must not be compared. */
export function checkSameMutation(review: string, one: string, other: string): void {
  const templates = [templateAfter(review, one), templateAfter(review, other)];
  if (isDeepStrictEqual(templates[0], templates[1])) return;
  throw new Error(`the servers make different pods:\n${JSON.stringify(templates, null, 1)}`);
}
