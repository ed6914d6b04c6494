import { describe, expect, it } from 'vitest';
import { formatBytes, alignColumns, threeDigits } from './table.js';

describe('a table', () => {
  it('has names to the left and numbers to the right', () => {
    expect(
      alignColumns([
        ['case', 'ms'],
        ['  fused', '1.25'],
        ['  composed', '12'],
      ]),
    ).toBe('case          ms\n  fused     1.25\n  composed    12');
  });

  it('shows three digits of a number, whatever its size', () => {
    expect([0, 0.00000025, 0.01234, 1.234, 12.34, 1234.4].map(threeDigits)).toEqual(['0', '2.5e-7', '0.0123', '1.23', '12.3', '1234']);
  });

  it('shows bytes in the unit that leaves at least one', () => {
    expect([0, 1023, 1024, 1.5 * 2 ** 30].map(formatBytes)).toEqual(['0 B', '1023 B', '1.00 KiB', '1.50 GiB']);
  });
});
