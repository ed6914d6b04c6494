import type { Chart } from './chart.js';

/** A picture of a row, such as the grid of one iteration. */
export interface Picture {
  /** The iteration at which it was made. */
  readonly iteration: number;
  /** Its address: a data URL, or the path that a live page is served it under. */
  readonly source: string;
}

/** Pictures of one kind through time; a slider chooses which is shown. */
export interface PictureRow {
  /** Name of the kind, different from those of the section's other rows. */
  readonly kind: string;
  /** What the pictures show, as HTML. */
  readonly caption: string;
  /** Width of the pictures in pixels, in which they are shown where the page is wide enough. */
  readonly width: number;
  /** Height of the pictures in pixels. */
  readonly height: number;
  /** The pictures, oldest first; at least one. */
  readonly pictures: readonly Picture[];
}

/** A part of a report. */
export interface ReportSection {
  /** Name of the section, different from those of the others: letters, digits and hyphens. */
  readonly id: string;
  /** Its heading; the first section has the report's title. */
  readonly heading?: string;
  /** Text, tables and figures as HTML. Whatever comes from outside must be escaped: see {@link escapeHtml}. */
  readonly html?: string;
  /** Pictures through time, with one slider for all rows. */
  readonly rows?: readonly PictureRow[];
  /** Charts. */
  readonly charts?: readonly Chart[];
}

/** What a report shows. */
export interface ReportDocument {
  /** Title of the page. */
  readonly title: string;
  /** Its parts in order; those without content are not shown. */
  readonly sections: readonly ReportSection[];
}
