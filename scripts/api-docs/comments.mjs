/**
 * Text of a part of a doc comment, as Markdown.
 *
 * @param {import('typedoc').CommentDisplayPart[] | undefined} parts
 * @param {(target: import('typedoc').Reflection) => string | undefined} hrefOf where a declaration is described
 */
export function markdown(parts, hrefOf) {
  return (parts ?? [])
    .map((part) => {
      if (part.kind === 'inline-tag') return linked(part, hrefOf);
      // What looks like an element would vanish from the page.
      return part.kind === 'text' ? part.text.replace(/<(?=[a-z/!])/gi, '&lt;') : part.text;
    })
    .join('')
    .trim();
}

function linked({ target, text }, hrefOf) {
  if (typeof target === 'string') return `[${text}](${target})`;
  const href = target !== undefined && 'kind' in target ? hrefOf(target) : undefined;
  return href === undefined ? `\`${text}\`` : `[\`${text}\`](${href})`;
}

/** The same in one line, for a cell of a table. */
export function oneLine(text) {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

/** The first sentence of Markdown; code blocks and lists are none of it. */
export function firstSentence(text) {
  const [paragraph] = text
    .replace(/```[\s\S]*?```/g, '')
    .trim()
    .split(/\n\s*(?:\n|- )/);
  const line = oneLine(paragraph ?? '');
  // Code is passed over whole: a point in it ends nothing.
  return (/^(?:`[^`]*`|[^`])*?(?:\.(?=\s[^\s\p{Ll}\d]|$)|:$)/u.exec(line)?.[0] ?? line).replace(/:$/, '.');
}

/** Contents of a comment's blocks such as `@returns`. */
export function blocks(comment, tag, hrefOf) {
  return (comment?.getTags(tag) ?? []).map(({ content }) => markdown(content, hrefOf));
}
