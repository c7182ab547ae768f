/**
 * 32 bits, unsigned. FNV-1a over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/), then the finaliser of
 * MurmurHash3 (https://github.com/aappleby/smhasher), without which names that differ in the last digit alone come
 * out close together. Never change it: what is placed, and the names of log CRs, hang on it.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
