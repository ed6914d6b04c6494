/**
 * Escapes text for HTML, inside elements and attributes.
 *
 * @param text of any origin
 */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Data as JSON that is safe inside a script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/**
 * A table of names and values.
 *
 * @param rows name and value of each line, as text
 */
export function definitionTable(rows: readonly (readonly [string, string])[]): string {
  return `<table>${rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`;
}

/**
 * A table with headings, which scrolls on its own where the page is narrower.
 *
 * @param headings of the columns; the first two columns are aligned to the left, the others, which are numbers, to the right
 * @param rows cells as text
 */
export function dataTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'td' | 'th', row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table class="data"><thead>${cells('th', headings)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}

/**
 * A picture with its caption.
 *
 * @param source address of the picture
 * @param caption as text
 */
export function figure(source: string, caption: string): string {
  return `<figure><img src="${escapeHtml(source)}" alt="${escapeHtml(caption)}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/**
 * Numbers that are seen first, each with its meaning below it.
 *
 * @param cards value and meaning of each, as text
 */
export function cards(cards: readonly (readonly [value: string, meaning: string])[]): string {
  return `<div class="cards">${cards.map(([value, meaning]) => `<div class="card"><b>${escapeHtml(value)}</b><span>${escapeHtml(meaning)}</span></div>`).join('')}</div>`;
}

/**
 * Remarks, a line each; nothing where there are none.
 *
 * @param lines as text
 */
export function noteList(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<ul class="notes">${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
}
