/** A name and what it was set to. */
type Setting = readonly [name: string, value: string | undefined];

/**
 * What is chosen among some names, and what chose it: the environment, where it says something, goes before the option.
 *
 * @returns undefined where neither says anything
 * @throws when what was chosen is not among them
 */
export function chosen<Choice extends string>(
  choices: readonly Choice[],
  variable: Setting,
  option: Setting,
): { readonly choice: Choice; readonly source: string } | undefined {
  const [source, name] = variable[1] ? variable : option;
  if (name === undefined) return undefined;
  const choice = choices.find((each) => each === name);
  if (choice === undefined) throw new Error(`selectRuntime: ${source} must be one of ${choices.join(', ')}, got ${name}`);
  return { choice, source };
}
