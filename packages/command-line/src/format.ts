/**
 * A share as a percentage.
 *
 * @param share from 0 to 1
 */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Seconds as 42s, 3m10s or 2h05m.
 *
 * @param seconds ≥ 0; what is not finite is shown as `?`
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number): string => `${n}`.padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}
