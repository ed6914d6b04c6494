// Changes that must fail a test, by the test file that has to notice: what is broken, the file below `folder`, and the
// text that stands in it exactly once with what it becomes; in a test file that takes long, also a part of the title of the
// test that has to. What no test can see is not here: whether a file was synced
// before the power went, or a value kept out of a gradient that nothing is differentiated with respect to.
const training = 'harness/src/training';

export const mutations = [
  {
    test: `${training}/iteration.test.ts`,
    folder: training,
    changes: [
      ['λ_ds is one iteration ahead', 'iteration.ts', 'const lambdaDiversity = linearDecay(config.lambdaDiversity, config.diversityIterations, state.iteration)', 'const lambdaDiversity = linearDecay(config.lambdaDiversity, config.diversityIterations, state.iteration + 1)'],
      ['the logged λ_ds is one iteration behind', 'iteration.ts', 'state.iteration + 1);', 'state.iteration);'],
      ['the decay of the averages is its complement', 'iteration.ts', 'exponentialMovingAverage(previous, state.weights[name], config.emaDecay)', 'exponentialMovingAverage(previous, state.weights[name], 1 - config.emaDecay)'],
      ['the generator is updated before the discriminator', 'iteration.ts', '    updateDiscriminator(networks, optimizers, state, parts, { config, names, losses });\n    if (isLast) updateGenerator(networks, optimizers, state, parts, { config: { ...config, lambdaDiversity }, names, losses });', '    if (isLast) updateGenerator(networks, optimizers, state, parts, { config: { ...config, lambdaDiversity }, names, losses });\n    updateDiscriminator(networks, optimizers, state, parts, { config, names, losses });'],
      ['references guide before latent codes', 'iteration.ts', "? ['latent', 'ref'] :", "? ['ref', 'latent'] :"],
      ['the discriminator sees translations to the second references', 'iteration.ts', 'styleEncoder.apply(weights.styleEncoder, batch.reference, batch.targetDomain)', 'styleEncoder.apply(weights.styleEncoder, batch.reference2, batch.targetDomain)'],
      ["Adam's step count stays", 'iteration.ts', 'state.moments[name] = next.state;', 'state.moments[name] = { ...next.state, step: moments.step };'],
      ['every critic step updates the generator', 'iteration.ts', 'if (isLast) updateGenerator', 'updateGenerator'],
      ['references train the style encoder too', 'generator-step.ts', "reference: ['generator'],", "reference: ['generator', 'styleEncoder'],"],
      ['the mapping network has the common learning rate', 'state.ts', "name === 'mappingNetwork' ? mappingLearningRate : learningRate", 'learningRate'],
      ['the averages begin elsewhere than the weights', 'state.ts', 'copyWeights(weights, AVERAGED_NAMES)', 'initialWeights(networks, AVERAGED_NAMES, seed + 1)'],
    ],
  },
  {
    test: `${training}/objective-gradients.test.ts`,
    folder: training,
    changes: [
      ['λ_sty is 1 in the gradient', 'generator-step.ts', 'sty: [lambdaStyle,', 'sty: [1,'],
      ['λ_cyc is 1 in the gradient', 'generator-step.ts', 'cyc: [lambdaCycle,', 'cyc: [1,'],
      ['λ_ds is 1 in the gradient', 'generator-step.ts', 'ds: [-lambdaDiversity,', 'ds: [-1,'],
      ['the diversity term has the other sign', 'generator-step.ts', 'ds: [-lambdaDiversity,', 'ds: [lambdaDiversity,'],
      ["the generator's λ of the classifier is 1", 'generator-step.ts', 'cls: [lambdaClassification,', 'cls: [1,'],
      ['the second style is the first', 'generator-step.ts', 'styles.latent2', 'styles.latent'],
      ['the style to reconstruct is cut off from the gradient', 'generator-step.ts', 'styleReconstructionLoss(s,', 'styleReconstructionLoss(withoutGradients(() => mul(s, 1)),'],
      ["the cycle's style is cut off from the gradient", 'generator-step.ts', 'generator.apply(p.generator, x, encodeStyle(networks, p, trained, image, domain))', 'generator.apply(p.generator, x, withoutGradients(() => encodeStyle(networks, p, trained, image, domain)))'],
      ['λ_reg of R1 is 1', 'discriminator-step.ts', 'add<Scalar>(real, mul(reg, lambdaR1))', 'add<Scalar>(real, reg)'],
      ["λ of WGAN-GP's penalty is 1", 'discriminator-step.ts', 'value: mul<Scalar>(reg, weight)', 'value: mul<Scalar>(reg, 1)'],
      ["the discriminator's λ of the classifier is 1, with R1", 'discriminator-step.ts', 'value: mul<Scalar>(cls, weight)', 'value: mul<Scalar>(cls, 1)'],
      ["the discriminator's λ of the classifier is 1, without R1", 'discriminator-step.ts', 'add<Scalar>(real, mul(cls, lambdaClassification))', 'add<Scalar>(real, cls)'],
    ],
  },
  {
    test: `${training}/alternatives.test.ts`,
    folder: training,
    changes: [
      ["the logged total has R1's weight for WGAN-GP's", 'discriminator-step.ts', "lambdaR1: penalty === 'r1' ? lambdaR1 : lambdaWasserstein", 'lambdaR1', 'adds its terms up'],
      ['guidance by latent codes alone has references too', 'iteration.ts', "? ['latent', 'ref'] : ['latent']", "? ['latent', 'ref'] : ['latent', 'ref']", 'logs the terms that there are'],
    ],
  },
  {
    test: `${training}/memory-options.test.ts`,
    folder: training,
    changes: [
      ['gradients of parts are summed, not averaged', 'accumulate.ts', 'mul(sum, 1 / parts.length)', 'mul(sum, 1)', 'gives the gradients and the terms'],
      ['every part is the first one', 'accumulate.ts', 'slice(tensor, i * size, size)', 'slice(tensor, 0, size)', 'gives the gradients and the terms'],
    ],
  },
  {
    test: `${training}/checkpoint.test.ts`,
    folder: training,
    changes: [
      ['the first moment is not restored', 'checkpoint.ts', 'first: groups[0]!, second', 'first: groups[1]!, second'],
      ['the second moment is not restored', 'checkpoint.ts', 'second: groups[1]!', 'second: groups[0]!'],
      ['the averages are not saved: the weights are', 'checkpoint.ts', 'withConstants(networks, name, state.averages[name])', 'withConstants(networks, name, state.weights[name])'],
      ['the number of the iteration is not restored', 'checkpoint.ts', 'return { iteration, weights,', 'return { iteration: 0, weights,'],
      ['the offset of the draws is not saved', 'checkpoint.ts', 'files, { drawOffset, rollbacks })', 'files, { rollbacks })'],
      ['roll-backs are not counted over a resumption', 'checkpoint.ts', 'rollbacks: countOf(rollbacks)', 'rollbacks: 0'],
      ['older checkpoints go before the new one is there', 'checkpoint.ts', '  const checkpoint = await saveCheckpoint(', '  await pruneCheckpoints(directory, 1);\n  const checkpoint = await saveCheckpoint('],
      ['checkpoints of later iterations go', 'checkpoint.ts', '{ upTo: state.iteration }', '{}'],
      ['an optimiser may have fewer steps than there were iterations', 'checkpoint.ts', ' && step >= iteration', ''],
    ],
  },
  {
    test: `${training}/failures.test.ts`,
    folder: training,
    changes: [
      ['saving is due one iteration late', 'saver.ts', 'iteration % saveEvery === 0', 'iteration % saveEvery === 1', 'is due by iterations and by minutes'],
      ['saving is never due by the clock', 'saver.ts', 'return saveMinutes > 0 &&', 'return saveMinutes > Infinity &&', 'is due by iterations and by minutes'],
      ['a folder that another process took is written to', 'saver.ts', '    await lock.requireHeld();\n', '', 'that fails, or is of a state with a fault'],
      ['a state with a fault is saved', 'saver.ts', '    if (fault !== undefined) throw new Error(fault);\n', '', 'that fails, or is of a state with a fault'],
      ['half an iteration is saved', 'run-iterations.ts', 'training.isUpdating = true;', 'training.isUpdating = false;', 'saves nothing, since half'],
      ['the offset of the draws is forgotten where the images are opened', 'training.ts', 'iteration + drawOffset', 'iteration', 'is passed over after a roll-back'],
    ],
  },
  {
    test: `${training}/non-finite.test.ts`,
    folder: training,
    changes: [
      ['infinities are not seen', 'finite.ts', 'sumsOf(parts).every(Number.isFinite)', 'sumsOf(parts).every((sum) => !Number.isNaN(sum))', 'are found in weights'],
      ['updated weights are not looked at', 'finite.ts', "role === 'mean squared gradient' || role === 'weight'", "role === 'mean squared gradient'", 'are found in weights'],
      ['the generator is looked at before the discriminator', 'finite.ts', "['discriminator', 'generator', 'mappingNetwork', 'styleEncoder']", "['generator', 'discriminator', 'mappingNetwork', 'styleEncoder']", 'are found in weights'],
      ['a sum that overflows counts as a fault', 'finite.ts', 'if (count > 0) return', 'return', 'are not mistaken for large ones'],
      ['what is not finite is saved', 'checkpoint.ts', 'if (fault !== undefined) throw', 'if (false) throw', 'are not saved'],
      ['what an iteration left is not checked', 'run-iterations.ts', 'if (finding === undefined) return', 'return', 'is not done, keeps the checkpoint'],
      ['networks that overflow are not found', 'non-finite.ts', 'for (const averages of [false, true])', 'for (const averages of [])', 'too large to compute with'],
      ['a roll-back forgets its draws', 'roll-back.ts', 'restored.drawOffset = state.drawOffset + passedOver;', 'restored.drawOffset = state.drawOffset;', 'goes back to the last checkpoint'],
      ['a roll-back forgets the draws of the one before', 'roll-back.ts', 'restored.drawOffset = state.drawOffset + passedOver;', 'restored.drawOffset = passedOver;', 'goes back to the last checkpoint'],
    ],
  },
  {
    test: `${training}/open-state.test.ts`,
    folder: training,
    changes: [
      ['averages that overflow are resumed from', 'open-state.ts', 'if (finding === undefined) return { checkpoint, state };', 'return { checkpoint, state };', 'are refused for pictures'],
      ['the averages are not probed', 'non-finite.ts', 'for (const averages of [false, true])', 'for (const averages of [false])', 'are refused for pictures'],
      ['a checkpoint that vanishes while it is read is not looked for again', 'open-state.ts', 'if (isThere || attempt === ATTEMPTS) throw error;', 'throw error;', 'looks for another checkpoint'],
    ],
  },
  {
    test: `${training}/train.test.ts`,
    folder: training,
    changes: [
      ['a loss that is not finite is not named', 'non-finite.ts', 'return found && {', 'return undefined && {', 'stops at a loss that is not finite'],
      ['a resumed run begins at the first draw', 'training.ts', 'iteration + drawOffset', 'drawOffset', 'continues bit for bit'],
      ['a resumed run loses the speeds that were logged before', 'training.ts', 'openMetricLog(paths.speed, iteration)', 'openMetricLog(paths.speed, 0)', 'logs how long it waited'],
    ],
  },
  {
    test: `${training}/resume.test.ts`,
    folder: training,
    changes: [
      ['checksums are not compared on resuming', 'open-state.ts', "verify: 'sha256'", "verify: 'sizes'", 'goes on from the checkpoint before'],
      ['other domains are trained on halfway', 'resume-rules.ts', "previous.domains.join('/') !== record.domains.join('/')", 'previous.domains.length !== record.domains.length', 'is refused on images of other domains'],
      ['the seed may change halfway', 'resume-rules.ts', "  'seed',\n", '', 'refuses by name what cannot change'],
      ['the style dimension may change halfway', 'resume-rules.ts', "'styleDim', ", '', 'refuses by name what cannot change'],
      ['the remains of a run without its config.json are trained over', 'resume-rules.ts', 'if (remains === undefined) return;', 'return;', 'lie without a config.json'],
      ['images that were added are not seen', 'data-fingerprint.ts', 'filter((name) => !Object.hasOwn(previous.files, name))', 'filter(() => false)', 'says and records which images'],
      ['images that went are not seen', 'data-fingerprint.ts', 'filter((name) => !Object.hasOwn(next.files, name))', 'filter(() => false)', 'says and records which images'],
      ['sizes of images are not compared', 'data-fingerprint.ts', 'before.bytes !== bytes || rewritten', 'rewritten', 'says and records which images'],
      ['contents of images are not compared', 'data-fingerprint.ts', 'before.bytes !== bytes || rewritten', 'before.bytes !== bytes', 'says and records which images'],
    ],
  },
  {
    test: `${training}/run-lock.test.ts`,
    folder: training,
    changes: [
      ['a lock is never stale', 'run-lock.ts', 'silence > SILENCE_SECONDS', 'silence > Infinity'],
      ['a lock whose process cannot be asked is always stale', 'run-lock.ts', 'silence > SILENCE_SECONDS', 'silence >= 0'],
      ['a lock whose process runs is stale', 'run-lock.ts', 'if (running === false ||', 'if (running !== undefined ||'],
      ['a holder does not see that it was replaced', 'run-lock.ts', 'found.token !== mine.token', 'false'],
      ["another process's lock is removed", 'run-lock.ts', "if (typeof found === 'object' && found.token === mine.token) await rm", "if (typeof found === 'object') await rm"],
    ],
  },
  {
    test: 'packages/checkpoints/src/checkpoint-folder.test.ts',
    folder: 'packages/checkpoints/src',
    changes: [
      ['checksums are not compared', 'checkpoint-manifest.ts', "verify === 'sha256' &&", "verify !== 'sha256' &&"],
      ['sizes are not compared', 'checkpoint-manifest.ts', 'if (size !== bytes) throw', 'if (false) throw'],
      ['the oldest checkpoint is the newest', 'find-checkpoints.ts', 'b.iteration - a.iteration', 'a.iteration - b.iteration'],
      ['a checkpoint whose replacement never came is lost', 'find-checkpoints.ts', '[...finished, ...orphaned]', '[...finished]'],
      ['the last one to be kept is removed', 'find-checkpoints.ts', 'iteration < oldestKept.iteration', 'iteration <= oldestKept.iteration'],
      ['the newest one does not count among those kept', 'find-checkpoints.ts', 'before: upTo + 1', 'before: upTo'],
      ['what another save is writing is removed', 'save-checkpoint.ts', '    underWay.add(partial);\n', ''],
      ['a save that failed leaves its folder', 'save-checkpoint.ts', 'await rm(partial, { recursive: true, force: true }).then(() => true, () => false)', 'true'],
      ['a file is written in place', 'replace-file.ts', "if (typeof content === 'function') await replace(path, content);", "if (typeof content === 'function') await content(path);"],
    ],
  },
  {
    test: 'packages/checkpoints/src/replaced-checkpoint.test.ts',
    folder: 'packages/checkpoints/src',
    changes: [
      ['the checkpoint that is replaced goes first', 'save-checkpoint.ts', 'if (occupied) await rename(path, old);', 'if (occupied) await rm(path, { recursive: true });'],
      ['the checkpoint that was to be replaced is not put back', 'save-checkpoint.ts', 'if (occupied) await rename(old, path);', ''],
    ],
  },
  {
    test: 'packages/optimizers/src/adam.test.ts',
    folder: 'packages/optimizers/src',
    changes: [
      ['the second moment is not corrected', 'adam.ts', 'Math.sqrt(1 - beta2 ** step)', 'Math.sqrt(1 - beta2)'],
      ['the first moment is not corrected', 'adam.ts', 'learningRate / (1 - beta1 ** step)', 'learningRate'],
      ['there is no weight decay', 'adam.ts', 'weightDecay === 0 ? raw :', 'weightDecay >= 0 ? raw :'],
      ['weight decay grows weights', 'adam.ts', 'add(raw, mul(p, weightDecay))', 'sub(raw, mul(p, weightDecay))'],
      ['steps are not counted', 'adam.ts', 'const step = state.step + 1;', 'const step = 1;'],
    ],
  },
  {
    test: 'packages/optimizers/src/adam-state.test.ts',
    folder: 'packages/optimizers/src',
    changes: [['the second moment is the first', 'adam-state.ts', 'second: flat(second)', 'second: flat(first)']],
  },
  {
    test: 'packages/optimizers/src/ema.test.ts',
    folder: 'packages/optimizers/src',
    changes: [
      ['the average follows the parameters at the rate that it should keep', 'ema.ts', 'tensor1d([decay, complement])', 'tensor1d([complement, decay])'],
      ['both ends are left from the same side', 'ema.ts', 'decay < 0.5 ?', 'decay < 2 ?'],
    ],
  },
  {
    test: 'packages/optimizers/src/schedules.test.ts',
    folder: 'packages/optimizers/src',
    changes: [['the fall ends one iteration early', 'schedules.ts', '(iterations - iteration) / iterations', '(iterations - iteration - 1) / iterations']],
  },
  {
    test: 'packages/data/src/training-plan.test.ts',
    folder: 'packages/data/src',
    changes: [
      ['every iteration draws the same sources', 'training-plan.ts', "randomStream(seed, 'data/source', iteration)", "randomStream(seed, 'data/source')"],
      ['references are drawn as sources are', 'training-plan.ts', "randomStream(seed, 'data/reference', iteration)", "randomStream(seed, 'data/source', iteration)"],
      ['domains are not balanced', 'training-plan.ts', 'const domain = sourceDraws.integer(domains.length);', 'const domain = sourceDraws.integer(domains.length + 1) % domains.length;'],
      ['the last image of a domain is never drawn', 'training-plan.ts', 'files[sourceDraws.integer(files.length)]', 'files[sourceDraws.integer(Math.max(1, files.length - 1))]'],
      ['an image is its own partner', 'training-plan.ts', 'partners[domain]![index]!', 'index'],
      ['partners do not depend on the seed', 'training-plan.ts', 'randomStream(seed, `data/pairs/', 'randomStream(0, `data/pairs/'],
      ['a pair is augmented alike', 'training-plan.ts', 'stream: `data/reference/${slot}/second`', 'stream: `data/reference/${slot}/first`'],
    ],
  },
  {
    test: 'packages/data/src/training-stream.test.ts',
    folder: 'packages/data/src',
    changes: [
      ['images are never mirrored', 'training-batch.ts', '{ flip, target:', '{ flip: false, target:'],
      ['all images of a batch are augmented from one stream', 'training-batch.ts', 'randomStream(seed, planned.stream, iteration)', "randomStream(seed, 'data', iteration)"],
      ['a stream begins at iteration 0', 'training-stream.ts', 'let asked = startIteration;', 'let asked = 0;'],
      ['no limit of broken images holds', 'training-stream.ts', 'if (excess !== undefined) throw excess;', ''],
      ['nothing stands in for a broken image', 'training-batch.ts', 'if (instead !== undefined) return instead;', ''],
    ],
  },
  {
    test: 'packages/data/src/augmentation.test.ts',
    folder: 'packages/data/src',
    changes: [
      ['nothing is flipped', 'augmentation.ts', 'flip: random.uniform() < 0.5', 'flip: random.uniform() < 0'],
      ['crops are of any area', 'augmentation.ts', 'const areaRange = [0.8, 1]', 'const areaRange = [0.3, 1]'],
    ],
  },
  {
    // Kernels are compared with composed operations when they are installed; those that differ are refused.
    test: 'packages/backend/src/fused-kernels.test.ts',
    folder: 'packages/backend/native',
    kernels: true,
    changes: [
      ['minimal filtering: a sign in the transform of the input', 'minimal_filters.h', '{0, s, -2, -r, 1, 0}', '{0, s, -2, r, 1, 0}'],
      ['minimal filtering: a sign in the transform of the pooled filter', 'minimal_filters.h', '{1, 0, 1}', '{1, 0, -1}'],
      ['minimal filtering: taps are not reversed for the gradient', 'winograd.cc', '(reversed ? 8 - i : i)', 'i'],
      ['instance normalisation: no leaky ReLU', 'normalization.cc', 'y[c] = before > 0 ? before : before * slope;', 'y[c] = before;'],
      ['instance normalisation: the variance has no gradient', 'normalization.cc', 'scale[c] * (g - meanG[c] - centered * slopeX[c])', 'scale[c] * (g - meanG[c])'],
      ['instance normalisation: gradients of scale and shift swapped', 'normalization.cc', 'ofScale ? withX[c] : plain[c]', 'ofScale ? plain[c] : withX[c]'],
      ['the residual sum is a difference', 'elementwise.cc', '(a[i] + b[i]) * scale', '(a[i] - b[i]) * scale'],
      ['bias and leaky ReLU: the gradient forgets the bias', 'elementwise.cc', 'dx[c] = x[c] + bias[c] > 0', 'dx[c] = x[c] > 0'],
      ['pooling takes three of four pixels', 'resampling.cc', '(left + right) * factor', '(left + top[at + channels + c]) * factor'],
      ['upsampling fills one column of two', 'resampling.cc', '        left[channels + c] = value;\n', '        left[channels + c] = 0;\n'],
      ['Adam: the gradient is not squared', 'optimizers.cc', 'g * k.rest2 * g', 'g * k.rest2'],
      ['the moving average follows the wrong end', 'optimizers.cc', 'to[i] - difference * complement', 'from[i] - difference * complement'],
    ],
  },
];
