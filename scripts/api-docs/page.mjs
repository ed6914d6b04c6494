import { posix } from 'node:path';
import { ReflectionKind } from 'typedoc';
import { blocks, firstSentence, markdown, oneLine } from './comments.mjs';
import { commentOf, isCallable, membersOf } from './members.mjs';
import { declarationOf, fileOf } from './model.mjs';
import { parameterName, presentType, signatureText, typeText } from './types.mjs';

const FOLDER = 'docs/api';
const KINDS = [
  { kind: ReflectionKind.Function, word: '', title: 'Functions' },
  { kind: ReflectionKind.Variable, word: 'const ', title: 'Constants' },
  { kind: ReflectionKind.Class, word: 'class ', title: 'Classes' },
  { kind: ReflectionKind.Interface, word: 'interface ', title: 'Interfaces' },
  { kind: ReflectionKind.TypeAlias, word: 'type ', title: 'Types' },
];

/**
 * The pages of all packages, one for each, and the index.
 *
 * @param {string} root the repository
 * @param {ReturnType<import('./packages.mjs').listPackages>} packages
 * @param {Awaited<ReturnType<import('./model.mjs').readModel>>} model
 * @returns {Map<string, string>} text by path relative to the root
 */
export function writePages(root, packages, model) {
  const places = new Map();
  for (const { page, entries } of packages) {
    for (const { name } of entries) {
      for (const one of model.get(name).filter((other) => !other.isReference())) places.set(one, { page, anchor: slug(headingOf(one)) });
    }
  }
  const pages = packages.map((one) => [`${FOLDER}/${one.page}`, packagePage(root, one, model, places)]);
  return new Map([[`${FOLDER}/README.md`, indexPage(packages)], ...pages]);
}

function indexPage(packages) {
  const rows = packages.map(({ name, page, description, entries }) => {
    const others = entries.slice(1).map((entry) => `\`${entry.name}\``);
    return `| [${name}](${page}) | ${oneLine(description)}${others.length === 0 ? '' : ` (also ${others.join(', ')})`} |`;
  });
  return `# API

What every package exports, one page for each. Made from the doc comments by \`pnpm docs:api\`: change those, not these pages.
Shapes are in TensorFlow's order; what is not marked otherwise is float32.

| package | what it is |
| --- | --- |
${rows.join('\n')}
`;
}

function packagePage(root, { folder, name, page, description, entries }, model, places) {
  const hrefOf = (reflection) => {
    for (let one = reflection; one !== undefined; one = one.parent) {
      const place = places.get(one);
      if (place !== undefined) return `${place.page === page ? '' : place.page}#${place.anchor}`;
    }
    return undefined;
  };
  const sections = entries.map((entry) => entrySection(root, entry.name, model.get(entry.name), hrefOf, entries.length > 1));
  return `# ${name}

${description}. [README](../../${folder}/README.md) · [all packages](README.md)

${sections.join('\n')}`;
}

function entrySection(root, name, exports, hrefOf, titled) {
  const own = sorted(exports.filter((one) => !one.isReference()));
  const others = sorted(exports.filter((one) => one.isReference()));
  const rows = own.map(
    (one) => `| [\`${one.name}\`](${hrefOf(one)}) | ${wordOf(one)} | ${firstSentence(markdown(commentOf(one)?.summary, hrefOf))} |`,
  );
  const again = others.map((one) => `[\`${one.name}\`](${hrefOf(declarationOf(one))})`).join(', ');
  return [
    ...(titled ? [`## ${name}\n`] : []),
    `\`import … from '${name}'\`\n`,
    ...(again === '' ? [] : [`Exported here as well: ${again}.\n`]),
    ...(rows.length === 0 ? [] : [`| export | kind | what it is |\n| --- | --- | --- |\n${rows.join('\n')}\n`]),
    ...own.map((one) => exportSection(root, one, hrefOf)),
  ].join('\n');
}

function exportSection(root, declaration, hrefOf) {
  const file = fileOf(root, declaration);
  const parts = [
    `### ${headingOf(declaration)}`,
    ...(isCallable(declaration)
      ? declaration.signatures.flatMap((one) => callParts(declaration.name, one, hrefOf))
      : valueParts(declaration, hrefOf)),
    `Source: [${file}](${posix.relative(FOLDER, file)})`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function callParts(name, signature, hrefOf) {
  const parameters = signature.parameters ?? [];
  const rows = parameters.map((one) => {
    const fallback = one.defaultValue === undefined || one.defaultValue === '...' ? '' : `Default \`${one.defaultValue}\`.`;
    return `| \`${parameterName(one)}\` | ${typeCell(one, hrefOf)} | ${oneLine([markdown(one.comment?.summary, hrefOf), fallback].filter(Boolean).join(' '))} |`;
  });
  return [
    fenced(signatureText(name, signature)),
    markdown(signature.comment?.summary, hrefOf),
    ...(rows.length === 0 ? [] : [`| parameter | type | |\n| --- | --- | --- |\n${rows.join('\n')}`]),
    ...outcome(signature.comment, hrefOf),
  ].filter(Boolean);
}

// What comes of a call, and where it is from.
function outcome(comment, hrefOf) {
  return [
    ['@returns', 'Returns'],
    ['@throws', 'Throws'],
    ['@example', 'Example'],
    ['@see', 'See'],
  ].flatMap(([tag, word]) => blocks(comment, tag, hrefOf).map((text) => `**${word}** ${text}`));
}

const LONGEST_TYPE = 400;

function valueParts(declaration, hrefOf) {
  const members = membersOf(declaration);
  const properties = members.filter((one) => !isCallable(one));
  const methods = members.filter((one) => isCallable(one));
  return [
    headCode(declaration, members),
    markdown(commentOf(declaration)?.summary, hrefOf),
    ...outcome(commentOf(declaration), hrefOf),
    ...(properties.length === 0 ? [] : [propertyTable(properties, hrefOf, declaration.type?.type === 'reference')]),
    ...methods.flatMap((method) => method.signatures.map((one) => methodItem(method, one, hrefOf))),
  ].filter(Boolean);
}

function headCode(declaration, members) {
  const generics = (declaration.typeParameters ?? []).map(({ name, type }) =>
    type === undefined ? name : `${name} extends ${typeText(type)}`,
  );
  const name = `${declaration.name}${generics.length === 0 ? '' : `<${generics.join(', ')}>`}`;
  if (declaration.kindOf([ReflectionKind.Class, ReflectionKind.Interface])) {
    const bases = (declaration.extendedTypes ?? []).map((one) => typeText(one));
    return bases.length === 0 && generics.length === 0
      ? ''
      : fenced(`${wordOf(declaration)} ${name}${bases.length === 0 ? '' : ` extends ${bases.join(', ')}`}`);
  }
  const type = typeText(declaration.type);
  // The table of its members says more.
  if (members.length > 0 && declaration.type.type !== 'union' && declaration.type.type !== 'intersection') return '';
  const [word, sign] = declaration.kindOf(ReflectionKind.TypeAlias) ? ['type', ' ='] : ['const', ':'];
  return type.length > LONGEST_TYPE ? '' : fenced(`${word} ${name}${sign} ${type}`);
}

function propertyTable(properties, hrefOf, isSchema) {
  const rows = properties.map((one) => {
    const comment = commentOf(one);
    const text = oneLine([markdown(comment?.summary, hrefOf), ...outcome(comment, hrefOf)].join(' ').trim());
    const name = `\`${one.name}${one.flags.isOptional ? '?' : ''}\``;
    // The types of a schema's parts are those of its library, and tell nothing of the values.
    return isSchema ? `| ${name} | ${text} |` : `| ${name} | ${typeCell(one, hrefOf)} | ${text} |`;
  });
  return `${isSchema ? '| property | |\n| --- | --- |' : '| property | type | |\n| --- | --- | --- |'}\n${rows.join('\n')}`;
}

function methodItem(method, signature, hrefOf) {
  const isConstructor = method.kindOf(ReflectionKind.Constructor);
  const code = signatureText(isConstructor ? `new ${method.parent.name}` : method.name, signature)
    .replace(/\n\s*/g, ' ')
    .replace('( ', '(')
    .replace(', )', ')');
  const parameters = (signature.parameters ?? [])
    .filter((one) => one.comment?.hasVisibleComponent())
    .map((one) => `- \`${parameterName(one)}\`: ${oneLine(markdown(one.comment.summary, hrefOf))}`);
  const parts = [markdown(signature.comment?.summary, hrefOf), parameters.join('\n'), ...outcome(signature.comment, hrefOf)].filter(
    Boolean,
  );
  return [`- \`${code}\``, ...parts.map((part) => part.replace(/^(?=.)/gm, '  '))].join('\n\n');
}

function typeCell(one, hrefOf) {
  const text = typeText(presentType(one) ?? one.getSignature?.type, (name, type) => {
    const href = type.reflection === undefined || type.refersToTypeParameter ? undefined : hrefOf(type.reflection);
    return href === undefined ? name : `\0${name}\0${href}\0`;
  });
  // Every third piece is a declared name, and the one after it the place that it is described in.
  const pieces = text.split('\0').map((piece, i, all) => {
    if (i % 3 === 0) return piece === '' ? '' : `\`${piece}\``;
    return i % 3 === 1 ? `[\`${piece}\`](${all[i + 1]})` : '';
  });
  return pieces.join('').replaceAll('|', '\\|');
}

function wordOf(declaration) {
  return KINDS.find(({ kind }) => declaration.kindOf(kind))?.word.trim() || 'function';
}

// A type's heading has its kind in it, because anchors do not tell `Adam` from `adam`.
function headingOf(declaration) {
  return isCallable(declaration) ? `${declaration.name}()` : `${wordOf(declaration)} ${declaration.name}`;
}

/** Anchor that a heading gets. */
function slug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function sorted(exports) {
  const rank = (one) => KINDS.findIndex(({ kind }) => declarationOf(one).kindOf(kind));
  return [...exports].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function fenced(code) {
  return `\`\`\`ts\n${code}\n\`\`\``;
}
