import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readModel } from './api-docs/model.mjs';
import { listPackages } from './api-docs/packages.mjs';
import { writePages } from './api-docs/page.mjs';
import { undocumented } from './api-docs/undocumented.mjs';
import { root as repository } from './run.mjs';

const USAGE = `Usage: node scripts/api-docs.mjs [--check] [--root DIR]

Writes docs/api from the doc comments of everything that the packages export: a page for each package and an index.
With --check nothing is written, and pages that differ from what would be are a failure. An export, or a property or
method of one, that has no doc comment is a failure always. DIR is the repository, by default this one.
Exit code: 0 all well, 1 failure, 2 wrong usage.`;

const { check, root } = options();
const packages = listPackages(root);
const model = await readModel(root, packages);
const pages = writePages(root, packages, model);
const faults = [...undocumented(root, model), ...(check ? differences() : [])];
if (!check) write();
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
console.log(`${pages.size} pages ${check ? 'checked' : 'written to docs/api'}, ${faults.length} faults`);

function options() {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        root: { type: 'string', default: repository },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (!values.help) return values;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function existingPages() {
  try {
    return readdirSync(join(root, 'docs', 'api')).map((file) => `docs/api/${file}`);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function differences() {
  const there = existingPages();
  const remedy = 'run `pnpm docs:api` and commit what it writes';
  return [
    ...[...pages].filter(([file]) => !there.includes(file)).map(([file]) => `${file} is missing; ${remedy}`),
    ...[...pages]
      .filter(([file, text]) => there.includes(file) && readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n') !== text)
      .map(([file]) => `${file} is not what the doc comments say; ${remedy}`),
    ...there.filter((file) => !pages.has(file)).map((file) => `${file} is no package's page; ${remedy}`),
  ];
}

function write() {
  for (const file of existingPages()) if (!pages.has(file)) rmSync(join(root, file));
  mkdirSync(join(root, 'docs', 'api'), { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(root, file), text);
}
