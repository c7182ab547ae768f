import type { Json } from '../../objects/json.js';
import type { Call, Core } from './call.js';
import { notInTheBox } from './status.js';
import type { Written } from './update.js';

export function applyObject(core: Core, call: Call, body: Json, force: boolean): Promise<Written> {
  return Promise.reject(
    notInTheBox(`server-side apply (${call.name}, ${typeof body}, ${force}, ${core.store.revision})`),
  );
}
