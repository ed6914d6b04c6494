/**
 * A type as it would be written.
 *
 * @param {import('typedoc').SomeType | undefined} type
 * @param {(name: string, type: import('typedoc').ReferenceType) => string} [nameOf] how the name of a declared type is written
 * @returns {string}
 */
export function typeText(type, nameOf = (name) => name) {
  const text = (inner) => typeText(inner, nameOf);
  const operand = (inner) => (COMPOSED.has(inner.type) || isFunction(inner) ? `(${text(inner)})` : text(inner));
  switch (type?.type) {
    case undefined:
      return 'unknown';
    case 'array':
      return `${operand(type.elementType)}[]`;
    case 'conditional':
      return `${text(type.checkType)} extends ${text(type.extendsType)} ? ${text(type.trueType)} : ${text(type.falseType)}`;
    case 'indexedAccess':
      return `${text(type.objectType)}[${text(type.indexType)}]`;
    case 'inferred':
      return `infer ${type.name}`;
    case 'intersection':
      return type.types.map(operand).join(' & ');
    case 'intrinsic':
      return type.name;
    case 'literal':
      return typeof type.value === 'string' ? `'${type.value}'` : String(type.value);
    case 'mapped':
      return `{ [${type.parameter} in ${text(type.parameterType)}]${type.optionalModifier === '+' ? '?' : ''}: ${text(type.templateType)} }`;
    case 'namedTupleMember':
      return `${type.name}${type.isOptional ? '?' : ''}: ${text(type.element)}`;
    case 'optional':
      return `${text(type.elementType)}?`;
    case 'predicate':
      return `${type.asserts ? 'asserts ' : ''}${type.name}${type.targetType === undefined ? '' : ` is ${text(type.targetType)}`}`;
    case 'query':
      return `typeof ${text(type.queryType)}`;
    case 'reference': {
      const args = type.typeArguments ?? [];
      return `${nameOf(type.name, type)}${args.length === 0 ? '' : `<${args.map(text).join(', ')}>`}`;
    }
    case 'reflection':
      return declaredText(type.declaration, text);
    case 'rest':
      return `...${text(type.elementType)}`;
    case 'templateLiteral':
      return `\`${type.head}${type.tail.map(([inner, rest]) => `\${${text(inner)}}${rest}`).join('')}\``;
    case 'tuple':
      return `[${type.elements.map(text).join(', ')}]`;
    case 'typeOperator':
      return `${type.operator} ${operand(type.target)}`;
    case 'union':
      return type.types.map((inner) => (isFunction(inner) ? operand(inner) : text(inner))).join(' | ');
    default:
      return type.toString();
  }
}

const COMPOSED = new Set(['conditional', 'intersection', 'typeOperator', 'union']);

function isFunction(type) {
  return type.type === 'reflection' && (type.declaration.signatures?.length ?? 0) > 0 && type.declaration.children === undefined;
}

// A function or an object that has no name of its own.
function declaredText({ children = [], indexSignatures = [], signatures = [] }, text) {
  if (signatures.length === 1 && children.length === 0) return `${parametersText(signatures[0], text)} => ${text(signatures[0].type)}`;
  const members = [
    ...signatures.map((one) => `${parametersText(one, text)}: ${text(one.type)}`),
    ...indexSignatures.map((one) => `[${one.parameters.map(({ name, type }) => `${name}: ${text(type)}`).join(', ')}]: ${text(one.type)}`),
    ...children.map((child) => memberText(child, text)),
  ];
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`;
}

function memberText(child, text) {
  const method = child.signatures?.[0];
  if (method !== undefined) return `${child.name}${parametersText(method, text)}: ${text(method.type)}`;
  return `${child.flags.isReadonly ? 'readonly ' : ''}${child.name}${child.flags.isOptional ? '?' : ''}: ${text(presentType(child))}`;
}

function parametersText(signature, text) {
  const parameters = (signature.parameters ?? []).map((one) => parameterText(one, text));
  const generics = (signature.typeParameters ?? []).map(({ name, type }) => (type === undefined ? name : `${name} extends ${text(type)}`));
  return `${generics.length === 0 ? '' : `<${generics.join(', ')}>`}(${parameters.join(', ')})`;
}

function parameterText(parameter, text) {
  const optional = parameter.flags.isOptional || parameter.defaultValue !== undefined;
  return `${parameter.flags.isRest ? '...' : ''}${parameterName(parameter)}${optional ? '?' : ''}: ${text(presentType(parameter))}`;
}

/** Name of a parameter; one that is taken apart where it is declared holds options. */
export function parameterName({ name }) {
  return name.startsWith('__') ? 'options' : name;
}

/** Type of a property or parameter, without the `undefined` that its `?` says. */
export function presentType({ type, flags }) {
  if (!flags.isOptional || type?.type !== 'union') return type;
  const present = type.types.filter((one) => !(one.type === 'intrinsic' && one.name === 'undefined'));
  return present.length === 1 ? present[0] : Object.assign(Object.create(Object.getPrototypeOf(type)), type, { types: present });
}

const WIDTH = 110;

/** A function's or method's declaration; one that is long has a parameter on each line. */
export function signatureText(name, signature) {
  const result = typeText(signature.type);
  const line = `${name}${parametersText(signature, typeText)}: ${result}`;
  if (line.length <= WIDTH || (signature.parameters ?? []).length === 0) return line;
  const generics = parametersText({ typeParameters: signature.typeParameters }, typeText).slice(0, -2);
  return `${name}${generics}(\n${signature.parameters.map((one) => `  ${parameterText(one, typeText)},\n`).join('')}): ${result}`;
}
