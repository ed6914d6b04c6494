/** What a fault is about: its text up to the file, so that moving a file changes nothing. */
const subjectOf = (fault) => fault.split(', defined in ')[0];

const parameterOf = (fault) => / a doc comment: (\S+);/.exec(fault)?.[1];

/** A fault as the list of known ones names it. */
export function nameOf(fault) {
  const parameter = parameterOf(fault);
  return parameter === undefined ? subjectOf(fault) : `${subjectOf(fault)}, ${parameter}`;
}

/**
 * Faults that are not known, and a sentence for each known one that is gone.
 *
 * @param {string[]} faults
 * @param {string[]} known names of faults that may be there for now
 */
export function besideKnown(faults, known) {
  const names = new Set(faults.map(nameOf));
  return [
    ...faults.filter((fault) => !known.includes(nameOf(fault))),
    ...known
      .filter((name) => !names.has(name))
      .map((name) => `${name} is documented, or gone: take it off scripts/api-docs/undocumented.json`),
  ];
}
