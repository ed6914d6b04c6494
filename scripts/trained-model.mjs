import { createServer } from 'node:http';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installProject, root, run } from './consumer-project.mjs';

const { build } = createRequire(join(root, 'testing', 'package.json'))('esbuild');

const ITERATION = 20;
const CHECKPOINT = `checkpoints/${String(ITERATION).padStart(7, '0')}`;
const NEEDED = ['config.json', ...['manifest', 'generator_ema', 'mapping_network_ema', 'style_encoder_ema'].map(inCheckpoint)];

function inCheckpoint(name) {
  return `${CHECKPOINT}/${name}${name === 'manifest' ? '.json' : '.safetensors'}`;
}

/** Makes the folder of a run whose model is of a few kilobytes: what training writes, without training. */
const MAKE_RUN = `
import { writeFileSync } from 'node:fs';
import '@tensorflow/tfjs';
import { buildNetworks, buildOptimizers, initialState, writeCheckpoint } from '@stargan/training';

const sizes = { imageSize: 16, widthBudget: 64, maxWidth: 8, styleDim: 4, latentDim: 4, hiddenDim: 8, highPass: 0 };
const config = { ...sizes, learningRate: 1e-3, mappingLearningRate: 1e-5, beta1: 0, beta2: 0.99, weightDecay: 1e-4 };
const networks = buildNetworks(config, 2);
const state = initialState(networks, buildOptimizers(config), 1);
for (const moments of Object.values(state.moments)) Object.assign(moments, { step: ${ITERATION} });
await writeCheckpoint('run', networks, Object.assign(state, { iteration: ${ITERATION} }), 1);
writeFileSync('run/config.json', JSON.stringify({ formatVersion: 1, config, domains: ['circle', 'triangle'] }));
`;

/** What a user writes; \`source\` and \`print\` are what differs between Node.js and a page. */
const TRANSLATE = `
import * as tf from '@tensorflow/tfjs';
import { loadModel } from '@stargan/training';

export async function translateWith(source, options) {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const model = await loadModel(source, options);
  const image = tf.fill([1, model.imageSize, model.imageSize, 3], 0.5);
  const translated = model.translate(image, { to: 'triangle', seed: 1, psi: 0.7 });
  const values = Array.from(await translated.data());
  tf.dispose([image, translated]);
  model.dispose();
  return JSON.stringify({ values, left: tf.memory().numTensors - before });
}
`;

const IN_NODE = `
import { translateWith } from './translate.mjs';
console.log(await translateWith('run'));
`;

/** A page's program. Node.js runs it below as a browser's worker would: without \`process\`, which tfjs takes for the sign of Node.js. */
const IN_PAGE = `
import { translateWith } from './translate.mjs';
globalThis.translateWith = translateWith;
`;

const RUN_BUNDLE = `
const { argv: [, , url] } = process;
const { readFileSync } = await import('node:fs');
const files = Object.fromEntries(${JSON.stringify(NEEDED)}.map((name) => ['picked/' + name, new Blob([readFileSync('run/' + name)])]));
delete globalThis.process;
globalThis.WorkerGlobalScope = class {};
await import('./page.js');
console.log(await globalThis.translateWith(files));
console.log(await globalThis.translateWith(url + '/${CHECKPOINT}'));
console.log(await globalThis.translateWith(url, { iteration: ${ITERATION} }));
`;

/** Serves the files of a folder. @returns its URL, and what stops it */
async function serve(folder) {
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(folder, request.url)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Bundles the page's program for browsers. @returns bytes that come from our packages @throws Error where it needs Node.js */
async function bundle(project) {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: ['page.mjs'],
    outfile: 'page.js',
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    metafile: true,
    logLevel: 'silent',
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  return Object.entries(inputs).reduce((sum, [path, { bytesInOutput }]) => sum + (path.includes('@stargan/') ? bytesInOutput : 0), 0);
}

/**
 * Loads a trained run with `@stargan/training`, installed alone beside tfjs, and translates an image with it: in Node.js, and in
 * a bundle for browsers, from files and from a web server.
 *
 * @param {string[]} tarballs of the package and what it needs
 * @returns what was seen, in words
 */
export async function checkTrainedModel(tarballs) {
  const project = await installProject('training-alone', [...tarballs, '@tensorflow/tfjs@4.22.0']);
  const files = { 'make-run': MAKE_RUN, translate: TRANSLATE, 'in-node': IN_NODE, page: IN_PAGE, 'run-bundle': RUN_BUNDLE };
  mkdirSync(join(project, 'run'));
  for (const [name, code] of Object.entries(files)) writeFileSync(join(project, `${name}.mjs`), code);
  const node = async (...args) => (await run(process.execPath, args, { cwd: project })).split('\n').filter((line) => line.startsWith('{'));

  await node('make-run.mjs');
  const [inNode] = await node('in-node.mjs');
  const { values, left } = JSON.parse(inNode);
  if (values.length !== 16 * 16 * 3 || !values.every(Number.isFinite))
    throw new Error(`the translation is no image: ${inNode.slice(0, 200)}`);
  if (left !== 0) throw new Error(`${left} tensors are left after the model was disposed of`);

  const bytes = await bundle(project);
  const { url, stop } = await serve(join(project, 'run'));
  try {
    const inBundle = await node('run-bundle.mjs', url);
    if (inBundle.length !== 3 || inBundle.some((line) => line !== inNode))
      throw new Error(
        `a bundle for browsers translates otherwise than Node.js:\n${[inNode, ...inBundle].map((line) => line.slice(0, 200)).join('\n')}`,
      );
  } finally {
    stop();
  }
  return `in Node.js and in a bundle for browsers the same image; ${Math.round(bytes / 1000)} kB of the bundle are ours`;
}
