import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const docs = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => path.join('docs', file));
const packages = readdirSync(path.join(root, 'packages')).map((name) => path.join('packages', name, 'README.md'));
const pages = [...docs, ...packages, 'README.md', 'FEATURES.md', path.join('harness', 'README.md')].filter(
  (file) => file.endsWith('.md') && existsSync(path.join(root, file)),
);

const withoutCodeBlocks = (text: string): string => text.replace(/^( *)```[\s\S]*?^\1```/gm, '');

/** Anchors of a page: those written out, and those that GitHub gives to headings, where one that is there already gets a number. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = [...withoutCodeBlocks(text).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading]) => {
    const slug = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  const written = [...withoutCodeBlocks(text).matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id!);
  return new Set([...anchors, ...written]);
}

/** Targets of a page's links that are within the repository. */
function linksOf(text: string): string[] {
  const prose = withoutCodeBlocks(text).replace(/(`+).*?[^`]\1(?!`)/g, '');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => match[1]!).filter((target) => !/^[a-z]+:/i.test(target));
}

/** Why a link leads nowhere, or undefined. */
function faultOf(page: string, link: string): string | undefined {
  const [file, anchor] = link.split('#') as [string, string?];
  const target = file === '' ? page : path.join(path.dirname(page), file);
  const found = path.join(root, target);
  if (!existsSync(found)) return `${page}: ${link}: there is no ${target}`;
  if (anchor === undefined) return undefined;
  if (!target.endsWith('.md') || statSync(found).isDirectory()) return `${page}: ${link}: only Markdown pages have anchors`;
  return anchorsOf(readFileSync(found, 'utf8')).has(anchor) ? undefined : `${page}: ${link}: ${target} has no heading for it`;
}

const faults = (file: string, text: string): string[] =>
  linksOf(text)
    .map((link) => faultOf(file, link))
    .filter((fault) => fault !== undefined);

describe('links between pages', () => {
  it('lead to files and headings that exist', () => {
    const texts = pages.map((page) => [page, readFileSync(path.join(root, page), 'utf8')] as const);
    expect(texts.flatMap(([, text]) => linksOf(text)).length).toBeGreaterThan(500);
    expect(texts.flatMap(([page, text]) => faults(page, text))).toEqual([]);
  });

  it('are found to be broken when they are', () => {
    const text =
      '## A `b`, c\n[to it](#a-b-c) [a page](memory.md#tensors) [away](https://example.org)\n`[code](no.md)`\n```\n[code](no.md)\n```\n[`gone`](gone.ts) [wrong](memory.md#wrong)';
    const page = path.join('docs', 'adding-a-variant.md');
    expect([...anchorsOf(text)]).toEqual(['a-b-c']);
    expect([...anchorsOf('# A\n# A')]).toEqual(['a', 'a-1']);
    expect(faults(page, text.replace('#a-b-c', 'memory.md'))).toEqual([
      `${page}: gone.ts: there is no ${path.join('docs', 'gone.ts')}`,
      `${page}: memory.md#wrong: ${path.join('docs', 'memory.md')} has no heading for it`,
    ]);
  });
});

describe('docs/equations.md', () => {
  const text = readFileSync(path.join(root, 'docs', 'equations.md'), 'utf8');

  it('names cases that are among the goldens', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'conformance', 'fixtures', 'goldens', 'manifest.json'), 'utf8')) as {
      cases: { id: string }[];
    };
    const named = [...text.matchAll(/· cases? (.+?)(?:<br>|$)/gm)].flatMap((match) =>
      [...match[1]!.matchAll(/`([^`]+)`/g)].map((name) => name[1]!),
    );
    expect(named.length).toBeGreaterThan(15);
    expect(
      named.filter((name) => !manifest.cases.some(({ id }) => (name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name))),
    ).toEqual([]);
  });

  it('links every equation to its source and a test', () => {
    const sections = text.split(/^### /m).slice(1);
    const equations = sections.filter((section) => section.includes('```math'));
    expect(equations.length).toBeGreaterThan(18);
    for (const section of equations) {
      expect(section, 'a source').toMatch(/\[source\]\(\.\.\/[^)]+\.ts\)/);
      expect(section, 'a test').toMatch(/\]\(\.\.\/[^)]+\.test\.ts\)/);
    }
  });
});
