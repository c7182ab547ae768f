/** Creates and removes pods, in a process of its own. */
import { serve } from '../remote.ts';
import { httpOf, inParallel, type Access, type Http } from './api.ts';
import { podsPath, podText } from './objects.ts';

interface Pods {
  readonly prefix: string;
  readonly count: number;
}

export type CreatorCommands = {
  readonly open: { readonly ask: Access; readonly answer: undefined };
  readonly create: {
    readonly ask: Pods & { readonly schedulerName: string; readonly jobUid: string; readonly atOnce: number };
    readonly answer: undefined;
  };
  readonly remove: { readonly ask: Pods; readonly answer: undefined };
};

let http: Http | undefined;
const connected = (): Http => {
  if (http === undefined) throw new Error('the creator was not opened');
  return http;
};

serve<CreatorCommands>({
  open: (access) => {
    http = httpOf(access, 64);
    return Promise.resolve(undefined);
  },
  async create({ prefix, count, schedulerName, jobUid, atOnce }) {
    const [head = '', tail = ''] = podText(schedulerName, jobUid).split('NAME');
    const { send } = connected();
    await inParallel(count, atOnce, (i) => send('POST', podsPath, `${head}${prefix}-${i}${tail}`));
    return undefined;
  },
  async remove({ prefix, count }) {
    const { send } = connected();
    await inParallel(count, 32, (i) =>
      send('DELETE', `${podsPath}/${prefix}-${i}?gracePeriodSeconds=0`, undefined, [200, 404]),
    );
    return undefined;
  },
});
