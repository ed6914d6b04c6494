import { ReflectionKind } from 'typedoc';
import { membersOf, isDocumented } from './members.mjs';
import { declarationOf, fileOf } from './model.mjs';

/**
 * Exports without a doc comment, and members of exports without one.
 *
 * @param {string} root the repository
 * @param {Awaited<ReturnType<import('./model.mjs').readModel>>} model
 * @returns {string[]} a line for each: entry, name, file, and what to do
 */
export function undocumented(root, model) {
  return [...model].flatMap(([entry, exports]) =>
    exports
      .filter((one) => !one.isReference())
      .map(declarationOf)
      .flatMap((declaration) => {
        const file = fileOf(root, declaration);
        const complaint = (name) => `${entry}: ${name} has no doc comment; write one in ${file}`;
        return [
          ...(isDocumented(declaration) ? [] : [complaint(declaration.name)]),
          ...membersOf(declaration)
            .filter((member) => !member.kindOf(ReflectionKind.Constructor) && !isDocumented(member))
            .map((member) => complaint(`${declaration.name}.${member.name}`)),
        ];
      }),
  );
}
