// Kills a tiny training at random moments, during the start as well as between and within iterations, goes on with --resume until it is done, and compares the outcome with that
// of a training that was left alone: the final weights and the log must be equal, bit for bit.
//
//   node scripts/kill-test.mjs [--times 50] [--signals SIGKILL,SIGTERM,SIGHUP] [--iterations 60] [--seed 1]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findLatestCheckpoint } from '../packages/checkpoints/dist/index.js';
import { writeDemoImages } from '../packages/data/dist/index.js';
import { root } from './run.mjs';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '50' },
    signals: { type: 'string', default: 'SIGKILL,SIGTERM,SIGHUP' },
    iterations: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});
const times = Number(values.times);
const signals = values.signals.split(',');

/** Numbers of [0, 1): the moments depend on the seed alone, what a process is doing then on the machine. */
let random = Number(values.seed) >>> 0;
function next() {
  random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
  return random / 2 ** 32;
}

const folder = mkdtempSync(join(tmpdir(), 'stargan-kill-'));
const data = join(folder, 'images');
const settings = {
  widthBudget: 64,
  maxWidth: 8,
  styleDim: 4,
  latentDim: 4,
  hiddenDim: 8,
  learningRate: 0.001,
  logEvery: 1,
  saveEvery: 2,
  sampleEvery: 7,
  keepCheckpoints: 2,
};
const options = [
  '--image-size',
  '16',
  '--batch',
  '2',
  '--iterations',
  values.iterations,
  '--threads',
  '1',
  ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
];

function start(run, ...more) {
  const child = spawn(process.execPath, [join(root, 'harness', 'bin', 'stargan.js'), 'train', '--data', data, '--out', run, ...more], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  return { child, ended: once(child, 'close').then(([code, signal]) => ({ code, signal, errors })) };
}

function fail(text) {
  console.error(`FAILED: ${text}; the folder is kept: ${folder}`);
  process.exit(1);
}

const newest = (run) => findLatestCheckpoint(join(run, 'checkpoints'), { verify: 'sha256' });

/** What a finished training leaves, as text: hashes of its last weights and moments, and the log. */
async function outcome(run) {
  const { checkpoint } = await newest(run);
  return JSON.stringify([
    checkpoint.iteration,
    checkpoint.manifest.files.map(({ name, sha256 }) => [name, sha256]).sort(),
    readFileSync(join(run, 'log.jsonl'), 'utf8'),
  ]);
}

await writeDemoImages(data, { imagesPerDomain: 6, validationPerDomain: 2, imageSize: 24, domains: ['circle', 'square'] });
const whole = join(folder, 'whole');
const undisturbed = await start(whole, ...options).ended;
if (undisturbed.code !== 0) fail(`the undisturbed training ended with ${undisturbed.code}: ${undisturbed.errors}`);
const expected = await outcome(whole);

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Lines of the log; one that is written right now counts. */
function logged(run) {
  try {
    return readFileSync(join(run, 'log.jsonl'), 'utf8').split('\n').length;
  } catch {
    return 0;
  }
}

/** The last iteration in the log, 0 before the first. */
function lastLogged(run) {
  try {
    return JSON.parse(readFileSync(join(run, 'log.jsonl'), 'utf8').trim().split('\n').at(-1)).iteration;
  } catch {
    return 0;
  }
}

/** Waits for a random moment: one in five while the program starts, the others from some iterations on, at any part of one. */
async function randomMoment(run, child) {
  if (next() < 0.2) return sleep(2000 * next());
  const wanted = 1 + Math.floor(5 * next());
  let lines = logged(run);
  for (let seen = 0; seen < wanted && child.exitCode === null && child.signalCode === null; await sleep(5)) {
    const now = logged(run);
    // Lines that are done again are dropped at the start.
    if (now > lines) seen += now - lines;
    lines = now;
  }
  return sleep(300 * next());
}

for (const signal of signals) {
  let kills = 0;
  let compared = 0;
  const whereabouts = [];
  for (let n = 0; kills < times || n === 0; n++) {
    const run = join(folder, `${signal}-${n}`);
    for (let reached = -1; ;) {
      const { child, ended } = start(run, ...options, '--resume');
      if (kills < times) {
        await randomMoment(run, child);
        child.kill(signal);
      }
      const { code, signal: by, errors } = await ended;
      const { checkpoint, passedOver } = await newest(run);
      if (passedOver.length > 0) fail(`${signal}: ${passedOver[0].path} is not whole: ${passedOver[0].reason}`);
      const iteration = checkpoint?.iteration ?? -1;
      if (iteration < reached) fail(`${signal}: iteration ${reached} was saved, then only ${iteration} was there`);
      reached = iteration;
      const asked = by === null && code === 128 + constants.signals[signal];
      if (by === null && code !== 0 && !asked) fail(`${signal}: a training ended with ${code}: ${errors}`);
      if (asked && iteration !== lastLogged(run))
        fail(`${signal}: iteration ${lastLogged(run)} was done, but ${iteration} was saved when it was told to leave`);
      if (reached === Number(values.iterations) && code === 0) break;
      kills++;
      whereabouts.push(reached);
    }
    if ((await outcome(run)) !== expected) fail(`${signal}: ${run} differs from ${whole}`);
    compared++;
    rmSync(run, { recursive: true });
  }
  console.log(
    `${signal}: killed ${kills} times (last checkpoints then: ${whereabouts.join(' ')}; -1: none yet); ${compared} trainings ended, each equal to the undisturbed one bit for bit`,
  );
}
rmSync(folder, { recursive: true });
