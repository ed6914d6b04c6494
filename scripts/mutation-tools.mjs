// What the scripts that break sources on purpose have in common.
import { readFileSync, writeFileSync } from 'node:fs';

/** The source with one text changed. @throws unless the text stands there exactly once */
export function changed(source, { file, from, to }) {
  const count = source.split(from).length - 1;
  if (count !== 1) throw new Error(`${file} must hold exactly once, and holds ${count} times: ${from}`);
  return source.replace(from, () => to);
}

/** A text as a cell of a Markdown table. */
export const cell = (text) => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

/** Code as a cell of a Markdown table. */
export function codeCell(code) {
  const text = cell(code.trim());
  if (text === '') return 'nothing';
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** Writes a table between the marks of its name, which the page must hold. */
export function writeTable(page, name, lines) {
  const [open, close] = [`<!-- ${name}: begin -->\n`, `\n<!-- ${name}: end -->`];
  const text = readFileSync(page, 'utf8');
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`${page} must hold "${open.trim()}" and "${close.trim()}"`);
  writeFileSync(page, text.slice(0, start + open.length) + lines.join('\n') + text.slice(end));
}
