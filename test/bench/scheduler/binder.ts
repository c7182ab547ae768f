/**
 * The floor: a watch of its pods and a Binding for each, 64 at a time, to the nodes in turn. No checks, no retries,
 * no events. `node binder.ts <file with url, token and CA as JSON>`.
 */
import { readFileSync } from 'node:fs';
import { httpOf, versionIn, type Access } from './api.ts';
import { nodeNames, podsPath } from './objects.ts';

const [, , file = ''] = process.argv;
const access = JSON.parse(readFileSync(file, 'utf8')) as Access;
const { events, send: read } = httpOf(access, 2);
const { send } = httpOf(access, 64);

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
}

const waiting: Pod[] = [];
let inFlight = 0;
let bound = 0;

async function bind({ metadata: { name, uid } }: Pod): Promise<void> {
  bound += 1;
  const target = { apiVersion: 'v1', kind: 'Node', name: nodeNames[bound % nodeNames.length] };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, uid }, target };
  await send('POST', `${podsPath}/${name}/binding`, JSON.stringify(body));
}

function pump(): void {
  while (inFlight < 64) {
    const pod = waiting.shift();
    if (pod === undefined) return;
    inFlight += 1;
    void bind(pod).finally(() => {
      inFlight -= 1;
      pump();
    });
  }
}

const selector = encodeURIComponent('spec.schedulerName=bare');
const path = `${podsPath}?fieldSelector=${selector}`;
const list = await read('GET', path);
waiting.push(...(JSON.parse(list) as { readonly items: readonly Pod[] }).items);
pump();
for await (const line of events(`${path}&`, versionIn(list))) {
  const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: Pod };
  if (type !== 'ADDED') continue;
  waiting.push(object);
  pump();
}
