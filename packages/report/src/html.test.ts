import { describe, expect, it } from 'vitest';
import { cards, dataTable, definitionTable, escapeHtml, figure, noteList, scriptJson } from './html.js';

const HOSTILE = `</script><img src=x onerror="alert('&')">`;

describe('HTML', () => {
  it('escapes what could end an element, an attribute or a script', () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
    expect(scriptJson({ text: HOSTILE })).not.toContain('<');
    expect(JSON.parse(scriptJson({ text: HOSTILE }))).toEqual({ text: HOSTILE });
  });

  it.each([
    ['a table', dataTable([HOSTILE], [[HOSTILE]])],
    ['a table of names and values', definitionTable([[HOSTILE, HOSTILE]])],
    ['a figure', figure(HOSTILE, HOSTILE)],
    ['cards', cards([[HOSTILE, HOSTILE]])],
    ['notes', noteList([HOSTILE])],
  ])('of %s holds text as text', (_, html) => {
    expect(html).toContain(escapeHtml(HOSTILE));
    expect(html).not.toContain('<img src=x');
    expect(html).not.toContain('</script>');
  });

  it('has no list without notes', () => {
    expect(noteList([])).toBe('');
  });
});
