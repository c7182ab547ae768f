import { messageOf } from '../../errors.js';
import { kindOf } from '../../kube/errors.js';
import { orOk, skipped, type Check, type Examination, type Finding } from '../check.js';
import { rivals, type Rival } from '../rivals.js';

/** Nothing else in the cluster writes what tidegate writes, or moves the same pods. */
export const conflicts: Check = {
  id: 'conflicts',
  needs: ['api-server'],
  async run(examination) {
    const found = await Promise.all(rivals.map((rival) => lookAt(rival, examination)));
    return orOk(found.flat(), 'no product that writes the same fields, or moves the same pods');
  },
};

/** One that may not be looked at does not hide the others. */
async function lookAt(rival: Rival, { read, names }: Examination): Promise<readonly Finding[]> {
  try {
    const found = await rival.look(read, names);
    return found === undefined ? [] : [found];
  } catch (error) {
    if (kindOf(error) !== 'forbidden') throw error;
    return [skipped(`${rival.title} cannot be looked for: ${messageOf(error)}`)];
  }
}
