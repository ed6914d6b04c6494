import type { Sharp } from 'sharp';

/**
 * Undoes the rotation and the mirroring that an AVIF file asks for, which the decoder always applies: rotation first,
 * then mirroring. They stand in boxes `irot` and `imir`.
 */
export function asStored(image: Sharp, content: Buffer): Sharp {
  const quarters = propertyOf(content, 'irot');
  const axis = propertyOf(content, 'imir');
  let stored = image;
  if (axis !== undefined) stored = (axis & 1) === 1 ? stored.flop() : stored.flip();
  // A mirror comes before a rotation, as it must here. The file's rotation is anticlockwise.
  return quarters === undefined || (quarters & 3) === 0 ? stored : stored.rotate((quarters & 3) * 90);
}

/** The one byte of a box of nine bytes with this name, ahead of the pixels. */
function propertyOf(content: Buffer, name: string): number | undefined {
  const at = content.subarray(0, 65_536).indexOf(`\0\0\0\x09${name}`, 0, 'latin1');
  return at < 0 ? undefined : content[at + 8];
}
