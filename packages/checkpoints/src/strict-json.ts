/**
 * JSON.parse that refuses an object naming a key twice. JSON.parse itself keeps the last one, so that two readers of
 * one file could see different contents.
 *
 * @throws SyntaxError naming the fault.
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw new SyntaxError(`the key ${JSON.stringify(twice)} occurs twice`);
  return value;
}

/** The first key that occurs twice in one object of `text`, which must be valid JSON. */
function repeatedKey(text: string): string | undefined {
  const tokens = /("(?:[^"\\]+|\\.)*")(\s*:)?|[{}]/gs;
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (string !== undefined && colon !== undefined) {
      const keys = open.at(-1);
      // Escapes can spell one key in two ways.
      const key = JSON.parse(string) as string;
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
