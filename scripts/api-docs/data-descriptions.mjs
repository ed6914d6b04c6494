import ts from 'typescript';
import { Comment, Converter, ReflectionKind } from 'typedoc';

/**
 * Takes the `description` of plain data for the doc comment: of `{ size: { default: 8, description: 'Height and width.' } }`
 * that of `size`, and of every property whose type is mapped from it.
 *
 * @param {import('typedoc').Application} app
 */
export function describeByData(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Property) || reflection.hasComment()) return;
    const [description] = (context.getSymbolFromReflection(reflection)?.declarations ?? []).map(descriptionOf).filter(Boolean);
    if (description !== undefined) reflection.comment = new Comment([{ kind: 'text', text: description }]);
  });
}

function descriptionOf(declaration) {
  const data = ts.isPropertyAssignment(declaration) && declaration.initializer;
  if (!data || !ts.isObjectLiteralExpression(data)) return undefined;
  const value = data.properties.find(({ name }) => name !== undefined && ts.isIdentifier(name) && name.text === 'description')?.initializer;
  return value !== undefined && ts.isStringLiteralLike(value) ? value.text : undefined;
}
