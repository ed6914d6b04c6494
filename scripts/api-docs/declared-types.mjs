import { Converter, ReflectionKind } from 'typedoc';
import ts from 'typescript';

/**
 * Has properties, parameters and results described by the types that their declarations name. TypeDoc asks the
 * compiler, which does not remember what `(typeof list)[number]` or the type of a schema is called.
 *
 * @param {import('typedoc').Application} app
 */
export function keepDeclaredTypes(app) {
  const results = new Map();
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (_, signature, declaration) => results.set(signature, declaration?.type));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    context.setActiveProgram(context.programs[0]);
    const typed = context.project.getReflectionsByKind(ReflectionKind.Property | ReflectionKind.Parameter);
    for (const one of typed) restore(context, one, context.getSymbolFromReflection(one)?.valueDeclaration?.type);
    for (const [signature, node] of results) restore(context, signature, node);
  });
}

function restore(context, reflection, node) {
  if (node !== undefined && isPlain(context, node)) reflection.type = context.converter.convertType(context, node);
}

// Anonymous objects and functions have been read already, and a type parameter may stand for something by now.
const READ = new Set([
  ts.SyntaxKind.TypeLiteral,
  ts.SyntaxKind.FunctionType,
  ts.SyntaxKind.MappedType,
  ts.SyntaxKind.ThisType,
  ts.SyntaxKind.TypePredicate,
  ts.SyntaxKind.TypeQuery,
]);

function isPlain(context, node) {
  if (READ.has(node.kind)) return false;
  if (ts.isTypeReferenceNode(node) && (context.getSymbolAtLocation(node.typeName)?.flags & ts.SymbolFlags.TypeParameter) !== 0)
    return false;
  return ts.forEachChild(node, (child) => (isPlain(context, child) ? undefined : 'not plain')) === undefined;
}
