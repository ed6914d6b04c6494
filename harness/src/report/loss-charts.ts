/** A chart of losses: names in the log by the labels of their curves. */
export interface LossChart {
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
}

/** The charts of losses in a report; all its names of losses are here. */
export const LOSS_CHARTS: readonly LossChart[] = [
  {
    title: 'Adversarial losses',
    series: { 'D latent': 'D/latent_total', 'D reference': 'D/ref_total', 'G latent': 'G/latent_adv', 'G reference': 'G/ref_adv' },
  },
  {
    title: 'Reconstruction and diversity',
    series: {
      'style (latent)': 'G/latent_sty',
      'style (reference)': 'G/ref_sty',
      'cycle (latent)': 'G/latent_cyc',
      'diversity (latent)': 'G/latent_ds',
      'diversity (reference)': 'G/ref_ds',
    },
  },
  { title: 'Gradient penalty', series: { 'latent step': 'D/latent_reg', 'reference step': 'D/ref_reg' } },
  { title: 'Classification of domains', series: { 'of real images': 'D/latent_cls', 'of translations': 'G/latent_cls' } },
];
