/**
 * Whether a resourceVersion is older than another. Numbers of one server can be compared (KEP-5504); anything
 * else cannot, and counts as not older.
 */
export function isOlder(version: string, than: string): boolean {
  if (!isNumber.test(version) || !isNumber.test(than)) return false;
  // By length, then by digit: a number may be larger than JavaScript's are exact.
  return version.length === than.length ? version < than : version.length < than.length;
}

const isNumber = /^(0|[1-9]\d*)$/;
