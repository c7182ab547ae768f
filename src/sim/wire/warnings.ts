/** Longest total before items are cut, and to what (k8s.io/apiserver/pkg/endpoints/filters/warning.go). */
const totalRunes = 4096;
const itemRunes = 256;

/** The `Warning` headers for these texts: each once, without what no header may hold. */
export function warningHeaders(texts: readonly string[]): string[] {
  const unique = [...new Set(texts)].filter((text) => text !== '' && !/\p{Cc}/u.test(text));
  const total = unique.reduce((sum, text) => sum + text.length, 0);
  const shown = total > totalRunes ? unique.map((text) => text.slice(0, itemRunes)) : unique;
  return shown.map((text) => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
}
