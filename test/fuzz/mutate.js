// Changes to JSON and to bytes, by a seeded source of randomness.

/** mulberry32: uniform in [0, 1), the same for the same seed. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const oddKeys = [
  'a/b',
  '~',
  '~1',
  '__proto__',
  'constructor',
  'toString',
  '',
  'metadata',
  'spec',
  'env',
  'name',
  '0',
];

const oddValues = [
  () => null,
  () => [],
  () => ({}),
  () => '',
  () => 'x',
  () => 0,
  () => -1,
  () => 1e300,
  () => 2 ** 53 + 2,
  () => true,
  () => [null],
  () => [{}],
  () => [[]],
  () => ({ name: 'x' }),
  () => 'status.hostIP',
  () => '$(HOST_IP)',
  () => 'disabled',
  () => '{"v":1,"policy":"p","providers":[],"steps":[["+","/spec/containers/0/env/0",{}],["-","/x",1]]}',
  () => Array.from({ length: 300 }, (_, i) => ({ name: `V${i % 250}`, value: String(i) })),
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
];

/** Changes `root` in one place, in itself. */
export function mutateValue(root, random) {
  const places = [];
  collect(root, places);
  const { parent, key } = places[Math.floor(random() * places.length)] ?? {};
  if (parent === undefined) return;
  const pick = (list) => list[Math.floor(random() * list.length)];
  const kind = random();
  if (kind < 0.35) set(parent, key, pick(oddValues)());
  else if (kind < 0.5) remove(parent, key);
  else if (kind < 0.65) set(parent, pick(oddKeys), pick(oddValues)());
  else if (kind < 0.8) set(parent, key, structuredClone(pick(places).value ?? null));
  else if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(parent[key] ?? null));
  else set(parent, `${key}x`, structuredClone(parent[key] ?? null));
}

/** Changes up to eight bytes: sets, drops or doubles. */
export function mutateBytes(bytes, random) {
  let out = Buffer.from(bytes);
  const changes = 1 + Math.floor(random() * 8);
  for (let i = 0; i < changes && out.length > 1; i += 1) {
    const at = Math.floor(random() * out.length);
    const kind = random();
    if (kind < 0.5) out[at] = Math.floor(random() * 256);
    else if (kind < 0.75) out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1)]);
    else out = Buffer.concat([out.subarray(0, at), out.subarray(at, at + 20), out.subarray(at)]);
  }
  return out;
}

function collect(value, places) {
  if (typeof value !== 'object' || value === null || places.length > 2000) return;
  for (const key of Object.keys(value)) {
    places.push({ parent: value, key, value: value[key] });
    collect(value[key], places);
  }
}

/** An own member, even where it is called `__proto__`. */
function set(parent, key, value) {
  if (Array.isArray(parent))
    parent[Number.isInteger(Number(key)) ? Number(key) % (parent.length + 1) : 0] = value;
  else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function remove(parent, key) {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}
