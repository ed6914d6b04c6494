import { escapeHtml } from '../html.js';
import { trainingRules, type TrainingWarning } from './rules.js';

/**
 * Warnings as HTML, each with its numbers and what to try; where there are none, that is said.
 *
 * @param warnings of {@link findWarnings}
 * @param checked number of rules that were looked at
 */
export function warningList(warnings: readonly TrainingWarning[], checked = trainingRules.length): string {
  if (warnings.length === 0) return `<p>None of the ${checked} signs of trouble that are looked for shows.</p>`;
  const items = warnings.map(
    ({ title, evidence, advice }) =>
      `<li><b>${escapeHtml(title)}</b>${escapeHtml(evidence)}<span>To try: ${escapeHtml(advice)}</span></li>`,
  );
  return `<ul class="warnings">${items.join('')}</ul>`;
}
