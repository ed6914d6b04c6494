/**
 * The first JavaScript block of a README.
 *
 * @returns {string | undefined} its code
 */
export function firstExample(markdown) {
  return /^```js\n(.*?)^```$/ms.exec(markdown)?.[1];
}

/**
 * The first JavaScript block of a README that imports from `entry` and says what it prints.
 *
 * @returns {string | undefined} its code
 */
export function exampleOf(markdown, entry) {
  const blocks = [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  return blocks.find((code) => code.includes(`from '${entry}'`) && promisedLines(code).length > 0);
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
  const printed = output.split('\n').map(tidy).filter((line) => line !== '' && line !== 'Tensor');
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
