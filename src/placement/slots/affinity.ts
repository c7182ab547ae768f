import { isEmptyTerm, missingExpressions } from '../../objects/affinity.js';
import { deepEqual, asStored, type Json, type JsonObject } from '../../objects/json.js';
import type { NodeSelectorTerm, SelectorRequirement } from '../../objects/pod.js';
import { listAt, objectAt, objectsAt, stringAt } from '../../objects/read.js';
import type { Intent, Wished } from '../intent.js';
import type { Outcome, Result } from '../outcome.js';
import { below, type PatchBuilder, type Place } from '../patch.js';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Node affinity: required terms are ANDed into every term of the user, preferred terms are added by value. */
export function mergeAffinity(
  spec: JsonObject,
  place: Place,
  intent: Intent,
  patch: PatchBuilder,
): Outcome[] {
  const { requiredAffinity, preferredAffinity } = intent.slots;
  if (requiredAffinity.length === 0 && preferredAffinity.length === 0) return [];

  const affinityPlace = below(place, 'affinity');
  const affinity = objectAt(spec, 'affinity', place.pointer);
  const nodePlace = below(affinityPlace, 'nodeAffinity');
  const node = affinity && objectAt(affinity, 'nodeAffinity', affinityPlace.pointer);
  const settled = {
    required: requiredAffinity.map((wish) => settleRequired(node, nodePlace, wish.terms)),
    preferred: settlePreferred(node, nodePlace, preferredAffinity),
  };

  const changes = [...settled.required, ...settled.preferred].filter((one) => one.result === 'added');
  if (changes.length > 0) {
    patch.ensure(affinityPlace, affinity, 'map');
    patch.ensure(nodePlace, node, 'map');
  }
  for (const { change } of changes) change?.(patch);
  return [
    ...requiredAffinity.map((wish, i) => outcome(wish, settled.required[i])),
    ...preferredAffinity.map((wish, i) => outcome(wish, settled.preferred[i])),
  ];
}

/** What became of a wish, and the change that it takes. */
interface Settled {
  readonly result: Result;
  readonly why?: string;
  readonly change?: (patch: PatchBuilder) => void;
}

const there: Settled = { result: 'already-there' };
const matchesNothing: Settled = { result: 'user-wins', why: 'every term is empty, which matches no node' };

function settlePreferred(
  node: JsonObject | undefined,
  nodePlace: Place,
  wishes: readonly Wished<'preferredAffinity'>[],
): Settled[] {
  const present = objectsAt(node ?? {}, preferred, nodePlace.pointer);
  const listPlace = below(nodePlace, preferred);
  let end = present.length;
  return wishes.map((wish) => {
    if (present.some((term) => deepEqual(term, wish.value))) return there;
    const index = end;
    end += 1;
    return {
      result: 'added',
      change: (patch) => {
        if (index === 0) patch.ensure(listPlace, node?.[preferred], 'list');
        patch.add(below(listPlace, index), wish.value);
      },
    };
  });
}

/**
 * ANDs the alternatives `wanted` into every term, by addition alone: the first alternative goes into the term
 * itself, each further one into a copy of it at the end. A term that holds one of them already is left, and so is an
 * empty one, which matches no node.
 */
function settleRequired(
  node: JsonObject | undefined,
  nodePlace: Place,
  wanted: readonly NodeSelectorTerm[],
): Settled {
  const selectorPlace = below(nodePlace, required);
  const selector = node && objectAt(node, required, nodePlace.pointer);
  if (selector === undefined) {
    return {
      result: 'added',
      change: (patch) => {
        patch.add(selectorPlace, { nodeSelectorTerms: wanted });
      },
    };
  }
  const listPlace = below(selectorPlace, 'nodeSelectorTerms');
  const terms = objectsAt(selector, 'nodeSelectorTerms', selectorPlace.pointer).map((term, i) =>
    readTerm(term, below(listPlace, i)),
  );
  const open = terms.filter((term) => !isEmptyTerm(term) && !wanted.some((w) => holds(term, w)));
  if (open.length === 0) return terms.some((term) => !isEmptyTerm(term)) ? there : matchesNothing;
  return {
    result: 'added',
    change: (patch) => {
      let end = terms.length;
      for (const term of open) {
        const [first, ...others] = wanted.map((w) => missingExpressions(term, w));
        narrowTerm(term, below(listPlace, terms.indexOf(term)), first ?? [], patch);
        for (const expressions of others) {
          const all = [...(term.matchExpressions ?? []), ...expressions];
          patch.add(below(listPlace, end), asStored({ ...term, matchExpressions: all } as unknown as Json));
          end += 1;
        }
      }
    },
  };
}

function narrowTerm(
  term: NodeSelectorTerm,
  place: Place,
  missing: readonly SelectorRequirement[],
  patch: PatchBuilder,
): void {
  const listPlace = below(place, 'matchExpressions');
  patch.ensure(listPlace, term.matchExpressions, 'list');
  missing.forEach((expression, i) => {
    patch.add(below(listPlace, (term.matchExpressions ?? []).length + i), expression);
  });
}

const holds = (term: NodeSelectorTerm, wanted: NodeSelectorTerm): boolean =>
  missingExpressions(term, wanted).length === 0;

/** Checks what is compared: keys, operators and values. The rest of the term comes along as it is. */
function readTerm(term: JsonObject, place: Place): NodeSelectorTerm {
  listAt(term, 'matchFields', place.pointer);
  objectsAt(term, 'matchExpressions', place.pointer).forEach((expression, i) => {
    const path = `${place.pointer}/matchExpressions/${i}`;
    stringAt(expression, 'key', path);
    stringAt(expression, 'operator', path);
    listAt(expression, 'values', path);
  });
  return term;
}

const outcome = (
  wish: Wished<'requiredAffinity' | 'preferredAffinity'>,
  { result, why }: Settled = there,
): Outcome => ({
  aspect: wish.aspect,
  result,
  item: wish.slot === 'requiredAffinity' ? 'required node affinity' : 'preferred node affinity',
  ...(why === undefined ? {} : { why }),
});
