import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { root } from '../run.mjs';
import { entriesOf, readManifest, workspaceFolders } from '../workspace.mjs';

/**
 * Every import of the sources, types included; tests and what serves them alone are left out.
 *
 * @returns {Promise<{ files: number, ends: End[], arrows: { from: End, to: End, cycle?: string[] }[] }>}
 *
 * @typedef {{ file: string, workspace?: string, room?: string, external?: string }} End of an arrow: a file of a workspace,
 *   relative to the root, or the name of a package of someone else, or of a module of Node.js
 */
export async function readImports() {
  const workspaces = workspaceFolders();
  // Packages are imported by name, and built files stand behind those names: the sources are what is looked at.
  const entries = workspaces
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder)) }))
    .filter(({ manifest }) => manifest.exports !== undefined)
    .flatMap(({ folder, manifest }) => entriesOf({ folder, name: manifest.name, manifest }));
  const alias = Object.fromEntries(entries.map(({ name, source }) => [`${name}$`, join(root, source)]));
  const { output } = await cruise(
    workspaces,
    {
      baseDir: root,
      exclude: { path: '(^|/)(dist|testing|fixtures)/|\\.test\\.|\\.d\\.ts$' },
      doNotFollow: { path: 'node_modules' },
      tsPreCompilationDeps: true,
      ruleSet: { forbidden: [{ name: 'cycle', severity: 'error', from: {}, to: { circular: true } }] },
      enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default', 'node'] },
    },
    { alias },
  );
  const own = output.modules.filter(
    ({ source }) => workspaces.some((folder) => source.startsWith(`${folder}/`)) && !source.includes('node_modules/'),
  );
  const endOf = (file, external) => (external === undefined ? placeOf(file, workspaces) : { file, external });
  return {
    files: own.length,
    ends: own.map(({ source }) => endOf(source)),
    arrows: own.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved, module, coreModule, couldNotResolve, circular, cycle }) => ({
        from: endOf(source),
        to: endOf(resolved, coreModule || couldNotResolve || resolved.includes('node_modules/') ? packageOf(module) : undefined),
        ...(circular && { cycle: cycle.map(({ name }) => name) }),
      })),
    ),
  };
}

function placeOf(file, workspaces) {
  const workspace = workspaces.find((folder) => file.startsWith(`${folder}/`));
  if (workspace === undefined) return { file };
  const [first, ...rest] = file.slice(workspace.length + 1).split('/');
  return { file, workspace, ...(first === 'src' && { room: rest[0] }) };
}

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/**
 * How many imports there are between places.
 *
 * @param {Awaited<ReturnType<typeof readImports>>} imports
 * @param {(end: End) => string | undefined} placeOfEnd what an end belongs to; undefined where it is not to count
 * @returns {Map<string, Set<string>>} what each place imports
 */
export function arrowsBetween({ ends, arrows }, placeOfEnd) {
  const found = new Map(
    ends
      .map(placeOfEnd)
      .filter((place) => place !== undefined)
      .map((place) => [place, new Set()]),
  );
  for (const { from, to } of arrows) {
    const [a, b] = [placeOfEnd(from), placeOfEnd(to)];
    if (a !== undefined && b !== undefined && a !== b) found.get(a).add(b);
  }
  return found;
}
