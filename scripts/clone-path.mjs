/** Characters that Vite, and so the test runner, takes for the end of a path or for an escape. */
const UNUSABLE = ['#', '%', '?'];

/**
 * Why the tests cannot run in a folder, and what to do.
 *
 * @param {string} folder
 * @returns {string | undefined} nothing where they can
 */
export function unusableForTests(folder) {
  const found = UNUSABLE.filter((character) => folder.includes(character));
  if (found.length === 0) return undefined;
  return `The tests cannot run in ${folder}: their runner does not find files under a path with ${found.join(' or ')} in it. Move or rename the folder.`;
}
