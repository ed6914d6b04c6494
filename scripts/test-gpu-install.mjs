import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './run.mjs';

const USAGE = `Usage: pnpm test:gpu-install

Installs the GPU runtime from the real packages (about 4 GB to download, 11 GB of disk for the time being), in a cache of
its own, as a first start would. Without an NVIDIA card a stand-in for nvidia-smi claims one: then the CPU runtime has to
be in use at the end and the reason be said. A second start must download nothing.
Exit code: 0 all well, 1 failure, 2 wrong usage.`;

const program = join(root, 'packages', 'backend', 'bin', 'stargan-backend.js');
const work = join(root, 'node_modules', '.cache', 'gpu-install');
readOptions();
const hasCard = existsSync('/dev/nvidiactl');

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'bin'), { recursive: true });
if (!hasCard)
  writeFileSync(join(work, 'bin', 'nvidia-smi'), '#!/bin/sh\necho "NVIDIA H100 80GB HBM3, 570.86.15, 81559"\n', { mode: 0o755 });
const env = { ...process.env, PATH: [join(work, 'bin'), process.env.PATH].join(delimiter), STARGAN_CACHE_DIR: join(work, 'cache') };

const first = await install('first start', env);
const second = await install('second start', env);
rmSync(work, { recursive: true, force: true });
await install('the runtime of this repository again', process.env);

const [flavour, said] = hasCard
  ? ['gpu', /native gpu runtime/]
  : ['cpu', /the GPU runtime cannot be installed.*finds no card that it can use: .*\/dev\/nvidia/];
const faults = [
  ...[first, second].filter(({ code }) => code !== 0).map(({ code }) => `a start ended with code ${code}`),
  ...(said.test(first.output) ? [] : [`the first start does not say ${said}`]),
  ...[first, second]
    .filter(({ output }) => !output.includes(`native ${flavour} runtime`))
    .map(() => `a start does not end with the ${flavour} runtime`),
  ...(/downloading/.test(first.output) ? [] : ['the first start downloads nothing']),
  ...(/downloading|compiling/.test(second.output) ? ['the second start downloads or compiles'] : []),
];
for (const fault of faults) console.error(`FAIL  ${fault}`);
console.log(faults.length === 0 ? `ok    the ${flavour} runtime is in use, and stays` : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

function install(what, environment) {
  console.log(`\n${what}`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'install'], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        process.stdout.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function readOptions() {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}
