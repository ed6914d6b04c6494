import { loadImages } from '@stargan/data';
import type { DomainClassifier } from '@stargan/metrics';
import { openClassifier, type EvaluationDomain, type OpenClassifierOptions } from '@stargan/training/evaluation';
import { replayedIfPossible } from '../replay.js';

/** As {@link openClassifier}, which it calls: from image files, with updates that are replayed wherever the runtime can. */
export function trainClassifier(
  domains: readonly EvaluationDomain[],
  imageSize: number,
  options: Omit<OpenClassifierOptions, 'load' | 'compile'>,
): Promise<DomainClassifier | undefined> {
  return openClassifier(domains, imageSize, { ...options, load: loadImages, compile: replayedIfPossible() });
}
