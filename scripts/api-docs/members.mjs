import { ReflectionKind } from 'typedoc';

/**
 * Properties and methods that the users of an export see, in the order they are declared in: those of an interface or
 * class, and those of an object type that an alias or a constant has.
 *
 * @param {import('typedoc').DeclarationReflection} declaration
 * @returns {import('typedoc').DeclarationReflection[]}
 */
export function membersOf(declaration) {
  const own = declaration.kindOf([ReflectionKind.Class, ReflectionKind.Interface, ReflectionKind.Enum])
    ? (declaration.children ?? [])
    : objectMembers(declaration.type);
  return own.filter((member) => !member.flags.isPrivate && !member.flags.isExternal && !inheritedFromElsewhere(member));
}

function objectMembers(type) {
  switch (type?.type) {
    case 'reflection':
      return type.declaration.children ?? [];
    case 'intersection':
    case 'union':
      return type.types.flatMap(objectMembers);
    case 'reference':
      // The shape that a schema is made of.
      return (type.typeArguments ?? [])
        .slice(0, 1)
        .filter((one) => one.type === 'reflection')
        .flatMap(objectMembers);
    default:
      return [];
  }
}

// What a class has from the language, such as an error's stack or name.
function inheritedFromElsewhere(member) {
  const origin = member.inheritedFrom ?? (member.kindOf(ReflectionKind.Constructor) ? undefined : member.overwrites);
  return origin !== undefined && origin.reflection === undefined;
}

/** Whether it is called: a function, a method, or a property that holds a function which is documented as one. */
export function isCallable(reflection) {
  return (reflection.signatures?.length ?? 0) > 0;
}

/** The doc comment, wherever TypeDoc keeps it. */
export function commentOf(reflection) {
  const own = reflection.comment ?? reflection.signatures?.find((one) => one.hasComment())?.comment ?? reflection.getSignature?.comment;
  if (own !== undefined) return own;
  return reflection.type?.type === 'reflection' ? reflection.type.declaration.signatures?.[0]?.comment : undefined;
}

/** Whether there is anything in its doc comment. */
export function isDocumented(reflection) {
  return commentOf(reflection)?.hasVisibleComponent() === true;
}
