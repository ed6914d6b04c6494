/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Data as JSON that is safe inside a script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/** A table of names and values. */
export function definitionTable(rows: readonly (readonly [string, string])[]): string {
  return `<table>${rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`;
}

/** A table with headings, which scrolls on its own where the page is narrower. */
export function dataTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'td' | 'th', row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table class="data"><thead>${cells('th', headings)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}

/** A picture with its caption. */
export function figure(source: string, caption: string): string {
  return `<figure><img src="${source}" alt="${escapeHtml(caption)}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #60656c; --line: #d9dce0; --page: #ffffff; --card: #f5f6f8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9aa0a6; --line: #3c4043; --page: #17181a; --card: #212327; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 24px 16px 64px; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
h1 { font-size: 1.6rem; margin: 0 0 4px; } h2 { font-size: 1.15rem; margin: 40px 0 12px; }
p { color: var(--soft); margin: 0 0 12px; max-width: 70ch; }
figure { margin: 0 0 24px; } figcaption { color: var(--soft); font-size: .9rem; margin-top: 6px; max-width: 70ch; }
img { max-width: 100%; height: auto; display: block; border: 1px solid var(--line); border-radius: 4px; image-rendering: pixelated; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 12px; }
.card { background: var(--card); border-radius: 8px; padding: 12px 16px; } .card b { display: block; font-size: 1.5rem; } .card span { color: var(--soft); font-size: .9rem; }
.cards + p { margin-top: 12px; }
.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 16px; } .strip.wide { grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); } .strip img { width: 100%; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; } th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); font-weight: normal; overflow-wrap: anywhere; } th { color: var(--soft); width: 14em; }
.chart { margin: 0 0 24px; background: #fff; color: #1c1e21; border: 1px solid var(--line); border-radius: 4px; padding: 8px; overflow: hidden; }
.scroll { overflow-x: auto; margin: 0 0 12px; } .data { white-space: nowrap; font-variant-numeric: tabular-nums; }
.data th { width: auto; } .data th, .data td { overflow-wrap: normal; text-align: right; padding: 4px 0 4px 14px; } .data :is(th, td):nth-child(-n+2) { text-align: left; padding-left: 0; padding-right: 10px; }
.notes { color: var(--soft); font-size: .9rem; margin: 0 0 24px; padding-left: 1.2em; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 16px; } .charts .chart { min-width: 0; }
.u-legend { font-size: .8rem; }
`;

/** A self-contained page. `styles` come before the page's own styles, `script` after its body. */
export function page({ title, body, styles, script }: { title: string; body: string; styles: string; script: string }): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${styles}${STYLE}</style></head>
<body>${body}<script>${script}</script></body></html>
`;
}
