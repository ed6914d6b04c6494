import { ReflectionKind } from 'typedoc';

/**
 * Parameters of functions, methods and constructors that no `@param` describes. TypeDoc can look for them too, but would
 * ask it of callbacks, whose type has the comment, and of options, which their own type describes.
 *
 * @param {import('typedoc').ProjectReflection} project
 * @returns {string[]} a sentence for each
 */
export function undocumentedParameters(project) {
  return project
    .getReflectionsByKind(ReflectionKind.Parameter)
    .filter((parameter) => !parameter.hasComment() && !isOptions(parameter) && !isOfCallback(parameter) && !isInherited(parameter))
    .map(
      ({ name, parent: signature }) =>
        `${signature.getFriendlyFullName()}, defined in ${fileOf(signature)}, has a parameter without a doc comment: ${name}; write an @param`,
    );
}

const isOptions = ({ name, type }) => (name === 'options' || name.startsWith('__')) && type?.type === 'reference';

function isOfCallback({ parent: signature }) {
  for (let one = signature.parent; one !== undefined; one = one.parent) {
    if (one.kindOf(ReflectionKind.TypeLiteral | ReflectionKind.Parameter)) return true;
  }
  return false;
}

const isInherited = ({ parent: signature }) => signature.inheritedFrom !== undefined;

const fileOf = (signature) => (signature.sources ?? signature.parent.sources)?.[0]?.fileName ?? 'a file that is not known';
