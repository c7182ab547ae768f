import type { Json } from '../../objects/json.js';
import { applyDefaults } from './body.js';
import type { Call, Core } from './call.js';
import { checkName, setNamespace } from './meta.js';
import { patched } from './patch/patch.js';
import type { PatchType } from './patch/patch.js';
import { notFound } from './status.js';
import { change } from './update.js';
import type { Written } from './update.js';

/** PATCH of an object or its status, by JSON patch, merge patch or strategic merge patch. @throws StatusError */
export function patchObject(
  core: Core,
  call: Call,
  kind: Exclude<PatchType, 'apply'>,
  patch: Json,
): Promise<Written> {
  return change(core, call, {
    createsIfMissing: false,
    records: true,
    produce: (current) => {
      if (current === undefined) throw notFound(call.kind, call.name);
      const object = patched(call, call.kind, current, kind, patch);
      checkName(call, object);
      setNamespace(call, object);
      applyDefaults(call, call.kind, object);
      return object;
    },
  });
}
