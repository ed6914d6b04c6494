/**
 * The same GIF file with its first frame alone, and without a transparent colour: alpha is dropped from pictures of every
 * format, and the decoder would lose the colour under it.
 */
export function withFirstFrameOpaque(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  let at = 13 + colourTableBytes(content[10] ?? 0);
  for (;;) {
    const kind = copy[at];
    if (kind === 0x21) {
      const control = copy[at + 1] === 0xf9 && copy[at + 2] === 4;
      if (control) copy[at + 3]! &= 0xfe;
      at = blocksEnd(copy, at + 2);
    } else if (kind === 0x2c && at + 10 < copy.length) {
      const end = blocksEnd(copy, at + 11 + colourTableBytes(copy[at + 9]!));
      // The end of the file in place of what follows the frame.
      return end < copy.length ? Buffer.concat([copy.subarray(0, end), Buffer.of(0x3b)]) : copy;
    } else {
      return copy;
    }
  }
}

function colourTableBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Where a chain of blocks ends that starts at `at`: each with its length before it, the last of length 0. */
function blocksEnd(content: Buffer, at: number): number {
  while (at < content.length && content[at] !== 0) at += 1 + content[at]!;
  return at + 1;
}
