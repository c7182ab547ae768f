import type { Operation as PatchOperation } from 'fast-json-patch';
import { deepEqual } from '../../../objects/json.js';
import type { Json } from '../../../objects/json.js';
import { applyDefaults, typed } from '../../api/body.js';
import type { Core, Review } from '../../api/call.js';
import { uuid } from '../../api/meta.js';
import { applyOperations } from '../../api/patch/json.js';
import { internalError, StatusError } from '../../api/status.js';
import type { Draft, KubeObject } from '../../store/object.js';
import { numberAt, textAt } from '../../store/object.js';
import { decode } from '../decode.js';
import type { WebhookClient } from './client.js';
import { CallFailed } from './client.js';
import type { Hook } from './hook.js';
import { converted, invocationOf } from './match.js';
import type { Invocation } from './match.js';
import { InvalidResponse, requestOf, responseOf } from './review.js';
import type { Response } from './review.js';

/** Who is called again in the second round, because something changed after it was asked. */
export class Reinvocation {
  round: 0 | 1 = 0;
  #needed = false;
  readonly #asked = new Set<string>();
  readonly #again = new Set<string>();

  get needed(): boolean {
    return this.#needed;
  }

  /** In the second round only those are called that asked for it, were called before, and missed a change. */
  skips(hook: Hook): boolean {
    return this.round === 1 && !this.#again.has(hook.id);
  }

  changed(): void {
    for (const id of this.#asked) this.#again.add(id);
    this.#asked.clear();
    if (this.round === 0) this.#needed = true;
  }

  called(hook: Hook): void {
    if (hook.reinvocationPolicy === 'IfNeeded') this.#asked.add(hook.id);
  }
}

/** Calls the mutating webhooks one after the other. @throws StatusError */
export async function dispatchMutating(
  core: Core,
  client: WebhookClient,
  hooks: readonly Hook[],
  review: Review,
  reinvocation: Reinvocation,
): Promise<void> {
  for (const [index, hook] of hooks.entries()) {
    const invocation = invocationOf(core, hook, review);
    if (invocation === undefined || reinvocation.skips(hook)) continue;
    const place = `round_${reinvocation.round}_index_${index}`;
    try {
      if (await callMutating(core, client, invocation, review, place)) reinvocation.changed();
      reinvocation.called(hook);
    } catch (error) {
      reinvocation.called(hook);
      failOrIgnore(core, invocation, review, error);
      review.call.audit[`failed-open.mutation.webhook.admission.k8s.io/${place}`] = hook.name;
    }
  }
}

/** @returns whether the object changed */
async function callMutating(
  core: Core,
  client: WebhookClient,
  invocation: Invocation,
  review: Review,
  place: string,
): Promise<boolean> {
  const { hook } = invocation;
  const { audit } = review.call;
  const note = (mutated: boolean): boolean => {
    audit[`mutation.webhook.admission.k8s.io/${place}`] = JSON.stringify({
      configuration: hook.configuration,
      webhook: hook.name,
      mutated,
    });
    return mutated;
  };
  note(false);
  const response = await ask(core, client, invocation, review, true);
  const patch = operationsOf(response);
  if (patch.length === 0) return false;
  const before = review.object;
  if (before === undefined) {
    throw internalError(
      `admission webhook "${hook.name}" attempted to modify the object, which is not supported for this operation`,
    );
  }
  review.object = patchedBy(invocation, review, before, patch);
  audit[`patch.webhook.admission.k8s.io/${place}`] = JSON.stringify({
    configuration: hook.configuration,
    webhook: hook.name,
    patch,
    patchType: 'JSONPatch',
  });
  return note(!deepEqual(before, review.object));
}

/** Sends the review; passes on warnings and audit annotations. @throws CallFailed, InvalidResponse, StatusError */
async function ask(
  core: Core,
  client: WebhookClient,
  invocation: Invocation,
  review: Review,
  mutating: boolean,
): Promise<Response> {
  const { hook } = invocation;
  const uid = uuid(core.random);
  const request = requestOf(invocation, review, uid);
  const left = review.call.deadline - core.clock.monotonic();
  const timeoutMs = Math.max(1, Math.min(hook.timeoutSeconds * 1000, left));
  const body: Json = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
  const response = responseOf(await client.post(core, hook, body, timeoutMs), uid, mutating);
  for (const [key, value] of Object.entries(response.auditAnnotations))
    review.call.audit[`${hook.name}/${key}`] = value;
  review.call.warnings.push(...response.warnings);
  if (!response.allowed) throw denial(hook, response);
  return response;
}

function operationsOf({ patch }: Response): readonly PatchOperation[] {
  if (patch === undefined) return [];
  try {
    const operations = JSON.parse(patch) as unknown;
    if (Array.isArray(operations)) return operations as readonly PatchOperation[];
  } catch {
    // told below
  }
  throw new InvalidResponse('received undecodable patch in webhook response: no list of operations');
}

/** A patch that does not apply, and a result that does not decode, are no failure of the call: nothing ignores them. */
function patchedBy(
  invocation: Invocation,
  review: Review,
  object: Draft,
  patch: readonly PatchOperation[],
): Draft {
  const { call, type } = review;
  const sameType = type.kind === call.kind.kind;
  const target = sameType ? invocation.kind : type;
  const given = object as unknown as KubeObject;
  try {
    const result = applyOperations(sameType ? converted(invocation, review, given) : given, patch);
    const decoded = typed(target, decode(target.schema, result as never).object);
    const back = sameType && invocation.kind !== call.kind;
    const next = back
      ? call.kind.fromStorage(invocation.kind.toStorage(decoded as unknown as KubeObject))
      : decoded;
    const draft = next as unknown as Draft;
    applyDefaults(call, type, draft);
    return draft;
  } catch (error) {
    throw internalError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

function denial(hook: Hook, { status }: Response): StatusError {
  const code = numberAt(status, 'code') ?? 0;
  const reason = textAt(status, 'reason');
  const why = textAt(status, 'message') || reason;
  const denied = `admission webhook "${hook.name}" denied the request`;
  return new StatusError(
    code < 400 ? 400 : code,
    reason,
    why === '' ? `${denied} without explanation` : `${denied}: ${why}`,
  );
}

/**
 * A failed call or an answer that breaks the contract is passed over under Ignore, unless the request's own time is
 * up; everything else refuses the request whatever the policy.
 */
function failOrIgnore(core: Core, { hook }: Invocation, review: Review, error: unknown): void {
  if (!(error instanceof CallFailed) && !(error instanceof InvalidResponse)) throw error;
  if (hook.failurePolicy === 'Fail') {
    const what = error instanceof CallFailed ? 'failed to call webhook' : 'received invalid webhook response';
    throw internalError(`failed calling webhook "${hook.name}": ${what}: ${error.message}`);
  }
  if (core.clock.monotonic() >= review.call.deadline) {
    throw new StatusError(504, 'Timeout', 'Timeout: request did not complete within requested timeout', {});
  }
}

/** Calls the validating webhooks, all at once. @throws StatusError of the first that refuses */
export async function dispatchValidating(
  core: Core,
  client: WebhookClient,
  hooks: readonly Hook[],
  review: Review,
): Promise<void> {
  const asked = hooks.flatMap((hook) => invocationOf(core, hook, review) ?? []);
  const outcomes = await Promise.allSettled(
    asked.map(async (invocation) => {
      try {
        await ask(core, client, invocation, review, false);
      } catch (error) {
        failOrIgnore(core, invocation, review, error);
      }
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
