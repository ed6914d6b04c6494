const encoder = new TextEncoder();

/**
 * FNV-1a, 32 bits, of a text's UTF-8 bytes.
 *
 * @param text any string; half a surrogate pair counts as U+FFFD
 */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
