/**
 * A whole number with thousands separators.
 *
 * @param n the number
 */
export const formatCount = (n: number): string => n.toLocaleString('en-US');

/**
 * A number of things, such as `1 image` or `2,000 images`.
 *
 * @param n how many
 * @param one singular
 * @param many plural; by default the singular with an s
 */
export const counted = (n: number, one: string, many = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : many}`;
