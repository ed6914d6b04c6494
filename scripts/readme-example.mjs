import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The JavaScript and TypeScript blocks of a page. What a block takes for granted (tensors of the reader's) is declared in a comment
 * `<!-- given: … -->` right before it; such a block is compiled, not run.
 *
 * @returns {{ section: string, given: string | undefined, code: string }[]}
 */
export function examplesOf(markdown) {
  const pattern = /^#+ (?<section>.*)$|^(?:<!-- given:\n(?<given>[^]*?)-->\n)?```(?:js|ts)\n(?<code>[^]*?)^```$/gm;
  let section = '';
  const found = [];
  for (const { groups } of markdown.matchAll(pattern)) {
    if (groups.section !== undefined) section = groups.section;
    else found.push({ section, given: groups.given, code: groups.code });
  }
  return found;
}

/**
 * The examples of every README and of the pages in docs/ that are written by hand.
 *
 * @returns {{ name: string, page: string, given: string | undefined, code: string }[]} `name` can be that of a file
 */
export function allExamples(root, packages) {
  const pages = [
    ...packages.map((name) => `packages/${name}/README.md`),
    'README.md',
    'examples/README.md',
    ...readdirSync(join(root, 'docs'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
  return pages.flatMap((page) =>
    examplesOf(readFileSync(join(root, page), 'utf8')).map((example, i) => ({
      ...example,
      page,
      name: `${page.replace(/^packages\/|\/?README\.md$|\.md$/g, '').replaceAll('/', '-') || 'root'}-${i + 1}`,
    })),
  );
}

/** What an example says that it prints: the texts behind `//=>`, in order. */
export function promisedLines(code) {
  return [...code.matchAll(/\/\/=>(.*)$/gm)].map(([, text]) => tidy(text));
}

/**
 * The first difference between what an example promises and what it printed.
 *
 * Numbers agree when they round to the digits that are promised; whole ones must be equal. The heading `Tensor` of
 * tfjs' print() and the amount of white space do not count.
 *
 * @returns {string | undefined} nothing when they agree
 */
export function disagreement(promised, output) {
  const printed = output
    .split('\n')
    .map(tidy)
    .filter((line) => line !== '' && line !== 'Tensor');
  for (let i = 0; i < Math.max(promised.length, printed.length); i++) {
    if (promised[i] === undefined) return `prints ${printed[i]}, which no //=> comment says`;
    if (printed[i] === undefined) return `does not print ${promised[i]}`;
    if (!agrees(promised[i], printed[i])) return `says ${promised[i]} but prints ${printed[i]}`;
  }
  return undefined;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g;

function agrees(promised, printed) {
  if (promised.replace(NUMBER, '#') !== printed.replace(NUMBER, '#')) return false;
  const got = printed.match(NUMBER) ?? [];
  return (promised.match(NUMBER) ?? []).every((text, i) => {
    const decimals = /\.(\d+)$/.exec(text)?.[1].length;
    if (decimals === undefined) return Number(text) === Number(got[i]);
    return Math.abs(Number(text) - Number(got[i])) <= 0.501 * 10 ** -decimals;
  });
}

const tidy = (line) => line.trim().replace(/\s+/g, ' ');
