import type { JsonObject } from '../../objects/json.js';
import { objectAt, stringMapAt } from '../../objects/read.js';
import { stableName, type Workload } from '../../objects/workload.js';
import { reasons } from '../../policy/reasons.js';
import type { AnnotationValue } from '../../providers/provider.js';
import type { Intent, Wished } from '../intent.js';
import type { Outcome } from '../outcome.js';
import { below, type PatchBuilder, type Place } from '../patch.js';

/** Labels and annotations of the pod: what the user set stays. */
export function mergeMetadata(
  template: JsonObject,
  place: Place,
  intent: Intent,
  workload: Workload,
  patch: PatchBuilder,
): Outcome[] {
  const { label, annotation } = intent.slots;
  if (label.length === 0 && annotation.length === 0) return [];
  const metadata = objectAt(template, 'metadata', place.pointer);
  const metadataPlace = below(place, 'metadata');
  const made = { metadata: metadata !== undefined };

  const merge = (field: 'labels' | 'annotations', wishes: readonly Wished<'label' | 'annotation'>[]) => {
    const map = stringMapAt(metadata ?? {}, field, metadataPlace.pointer);
    const mapPlace = below(metadataPlace, field);
    let there: unknown = metadata?.[field] ?? undefined;
    return wishes.flatMap((wish): Outcome[] => {
      const value = resolve(wish.value, workload);
      const item = `${wish.slot} ${wish.key}`;
      if (value === undefined) {
        const because = 'time-zone-missing';
        return [{ aspect: wish.aspect, result: 'not-offered', item, because, why: reasons[because] }];
      }
      if (Object.hasOwn(map, wish.key)) {
        return [
          { aspect: wish.aspect, result: map[wish.key] === value ? 'already-there' : 'user-wins', item },
        ];
      }
      if (!made.metadata) patch.ensure(metadataPlace, undefined, 'map');
      made.metadata = true;
      patch.ensure(mapPlace, there, 'map');
      there = mapPlace;
      patch.add(below(mapPlace, wish.key), value);
      return [{ aspect: wish.aspect, result: 'added', item }];
    });
  };
  return [...merge('labels', label), ...merge('annotations', annotation)];
}

/** A value that is known only now; absent where the workload does not have the field. */
function resolve(value: AnnotationValue, workload: Workload): string | undefined {
  if (typeof value === 'string') return value;
  return value.from === 'time-zone' ? workload.timeZone : `${workload.namespace}/${stableName(workload)}`;
}
