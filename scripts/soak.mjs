import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './run.mjs';
import { testFiles } from './test-files.mjs';

const USAGE = `Usage: node scripts/soak.mjs [--minutes N] [--seed N] [--workers N] [FILTER]

Runs the property tests with one random seed after another until the time is up, and prints how many cases were tried
and the seed of each run that found something. --minutes is 30 by default; --seed runs one seed alone; --workers is how
many test files run at a time, 2 by default; FILTER is a part of the test files' paths. Build first (\`pnpm build\`).
Exit code: 0 nothing found, 1 something found, 2 wrong usage.`;

const { minutes, seed, workers, filter } = options();
const folder = mkdtempSync(join(tmpdir(), 'stargan-soak-'));
const counts = join(folder, 'counts');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const files = propertyTests().filter((file) => filter === undefined || file.includes(filter));
if (files.length === 0) fail(`no property test has ${filter} in its path`);
const ends = Date.now() + minutes * 60_000;
const found = [];
let runs = 0;
do {
  const next = seed ?? randomInt(2 ** 31);
  const { code, output } = await runTests(next);
  runs += 1;
  console.log(`seed ${next}: ${code === 0 ? 'passed' : 'FAILED'}, ${cases()} cases in all`);
  if (code !== 0) {
    found.push(next);
    console.log(output.split('\n').slice(-80).join('\n'));
  }
} while (seed === undefined && Date.now() < ends);
console.log(
  `${runs} runs of ${files.length} files, ${cases()} cases tried, ${found.length === 0 ? 'nothing found' : `found something with ${found.map((each) => `--seed ${each}`).join(', ')}`}`,
);
process.exitCode = found.length > 0 ? 1 : 0;

function propertyTests() {
  return testFiles(root).filter((file) => readFileSync(join(root, file), 'utf8').includes('fast-check'));
}

function runTests(next) {
  const env = { ...process.env, STARGAN_PROPERTY_SEED: `${next}`, STARGAN_PROPERTY_COUNTS: counts, NO_COLOR: '1' };
  const child = spawn(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--maxWorkers', `${workers}`, ...files], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output = (output + text).slice(-200_000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function cases() {
  try {
    return readFileSync(counts, 'utf8')
      .split('\n')
      .reduce((total, line) => total + Number(line), 0);
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        minutes: { type: 'string', default: '30' },
        seed: { type: 'string' },
        workers: { type: 'string', default: '2' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const number = (name, text) => {
      if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name} must be a number ≥ 0, got ${text}`);
      return Number(text);
    };
    if (positionals.length > 1) throw new Error(`one FILTER at most, got ${positionals.join(' ')}`);
    if (!/^[1-9]\d*$/.test(values.workers)) throw new Error(`--workers must be a whole number ≥ 1, got ${values.workers}`);
    return {
      minutes: number('minutes', values.minutes),
      seed: values.seed === undefined ? undefined : number('seed', values.seed),
      workers: Number(values.workers),
      filter: positionals[0],
    };
  } catch (error) {
    return fail(error.message);
  }
}

function fail(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
