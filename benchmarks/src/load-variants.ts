import { loadModules } from './load-modules.js';

/**
 * The variants of a layer: every file of its folder in `variants` is one, called by the file's name with spaces for
 * hyphens.
 *
 * @param layer name of the folder
 * @throws when a file does not export a `variant`
 */
export async function loadVariants<Variant>(layer: string): Promise<Record<string, Variant>> {
  const modules = await loadModules(`variants/${layer}`);
  return Object.fromEntries(
    Object.entries(modules).map(([name, { variant }]) => {
      if (variant === undefined)
        throw new Error(`variants/${layer}/${name}.ts: expected an export named variant, got none; see docs/adding-a-variant.md`);
      return [name.replaceAll('-', ' '), variant as Variant];
    }),
  );
}
