/**
 * One copy of each text: JSON.parse makes a new string for every `"node-17"` it meets.
 *
 * Forgets all at `limit` (default 20,000), so that names which come and go (owners, Jobs) do not pile up; texts in
 * use stay alive through what uses them, and are only kept twice.
 */
export function createIntern(limit = 20_000): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    if (known.size >= limit) known.clear();
    known.set(text, text);
    return text;
  };
}
