import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  encodeStyles,
  type ImageBatch,
  joinImages,
  type LabelledImages,
  latentStyles,
  type Sampler,
  selectImages,
  translate,
} from '@stargan/training';
import type { DomainClassifier } from './domain-classifier.js';
import { meanPairwiseDistance } from './pairwise-distance.js';

/** How translations with one kind of guidance did. */
export interface TranslationScores {
  /** Share of translations that the classifier takes for their target domain. */
  domainAccuracy: number;
  /** Mean distance between the translations of one source in ten styles, see `meanPairwiseDistance`. */
  styleDistance: number;
}

/** Numbers about a run, on held-out images. */
export interface TranslationReport {
  latent: TranslationScores;
  reference: TranslationScores;
  /** The same on real held-out images: the classifier's accuracy, and the distance between images of one domain. */
  real: { domainAccuracy: number; imageDistance: number };
  /** Translations that were judged, per guidance. */
  translations: number;
}

const STYLES_PER_SOURCE = 10;

const indicesWhere = (domains: readonly number[], wanted: number): number[] =>
  domains.flatMap((domain, i) => (domain === wanted ? [i] : []));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Translates every held-out image to every other domain in ten styles, from latent codes and from held-out
 * references, and judges the results.
 *
 * @param images held-out images of all domains
 * @param sourcesPerDomain at most so many sources of each domain
 */
export function evaluateTranslations(
  sampler: Sampler,
  classifier: DomainClassifier,
  images: LabelledImages,
  { domains, latentDim, seed, sourcesPerDomain = 20 }: { domains: number; latentDim: number; seed: number; sourcesPerDomain?: number },
): TranslationReport {
  const scores = { latent: emptyScores(), reference: emptyScores() };
  for (let target = 0; target < domains; target++) {
    const styles = {
      latent: latentStyles(sampler, { domain: target, latentDim, count: STYLES_PER_SOURCE, psi: 1, seed }),
      reference: referenceStyles(sampler, images, target),
    };
    for (const source of images.domains.keys()) {
      const domain = images.domains[source]!;
      if (domain === target || indicesWhere(images.domains, domain).indexOf(source) >= sourcesPerDomain) continue;
      for (const guidance of ['latent', 'reference'] as const) {
        const translated = translateInStyles(sampler, selectImages(images, [source]), styles[guidance]);
        scores[guidance].hits.push(...classifier.classify(translated).map((found) => Number(found === target)));
        scores[guidance].distances.push(meanPairwiseDistance(translated));
      }
    }
    styles.latent.dispose();
    styles.reference.dispose();
  }
  const found = classifier.classify(images);
  return {
    latent: summarize(scores.latent),
    reference: summarize(scores.reference),
    real: {
      domainAccuracy: mean(found.map((domain, i) => Number(domain === images.domains[i]))),
      imageDistance: mean(
        Array.from({ length: domains }, (_, domain) => meanPairwiseDistance(selectImages(images, indicesWhere(images.domains, domain)))),
      ),
    },
    translations: scores.latent.hits.length,
  };
}

interface RawScores {
  hits: number[];
  distances: number[];
}

const emptyScores = (): RawScores => ({ hits: [], distances: [] });

const summarize = ({ hits, distances }: RawScores): TranslationScores => ({ domainAccuracy: mean(hits), styleDistance: mean(distances) });

function referenceStyles(sampler: Sampler, images: LabelledImages, domain: number): Tensor2D {
  const references = indicesWhere(images.domains, domain).slice(0, STYLES_PER_SOURCE);
  return encodeStyles(
    sampler,
    selectImages(images, references),
    references.map(() => domain),
  );
}

/** One source in every style. */
function translateInStyles(sampler: Sampler, source: ImageBatch, styles: Tensor2D): ImageBatch {
  const copies = joinImages(Array.from({ length: styles.shape[0] }, () => source));
  return translate(sampler, copies, styles);
}
