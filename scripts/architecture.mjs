import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { externals, knownUpwards, levels, rooms } from '../architecture.config.mjs';
import { drawPackages, drawRooms } from './architecture/draw.mjs';
import { arrowsBetween, readImports } from './architecture/imports.mjs';
import { findFaults } from './architecture/rules.mjs';
import { checkOption } from './check-option.mjs';
import { root } from './run.mjs';

const USAGE = `Usage: node scripts/architecture.mjs [--check]

Reads all imports with dependency-cruiser, compares them with architecture.config.mjs, and draws them in docs/architecture.md.
With --check nothing is written, and drawings that differ from the imports are a failure.
Exit code: 0 all well, 1 an import that may not be or another drawing, 2 wrong usage.`;

const { check } = checkOption(USAGE);
const page = join(root, 'docs', 'architecture.md');
const house = { levels, rooms, knownUpwards, externals };
const imports = await readImports();
const faults = findFaults(imports, house);
const before = readFileSync(page, 'utf8').replaceAll('\r\n', '\n');
const drawings = {
  packages: drawPackages(
    arrowsBetween(imports, ({ workspace }) => workspace),
    house,
  ),
  ...Object.fromEntries(
    Object.keys(rooms).map((workspace) => [
      workspace,
      drawRooms(
        arrowsBetween(imports, (end) => (end.workspace === workspace ? end.room : undefined)),
        rooms[workspace],
      ),
    ]),
  ),
};
const after = Object.entries(drawings).reduce((text, [name, lines]) => replaceBetween(text, name, lines), before);
if (check && after !== before) faults.push('docs/architecture.md is not what the imports say; run `pnpm docs:architecture` and commit it');
if (!check) writeFileSync(page, after);
for (const fault of faults) console.error(fault);
console.log(`${imports.files} files, ${imports.arrows.length} imports, ${faults.length} faults`);
if (faults.length > 0) process.exitCode = 1;

/** A page with other lines between the marks of a name; a name that the page does not mention is not drawn. */
function replaceBetween(text, name, lines) {
  const [open, close] = [`<!-- ${name}: begin -->\n`, `\n<!-- ${name}: end -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  return start < 0 || end < start ? text : text.slice(0, start + open.length) + lines.join('\n') + text.slice(end);
}
