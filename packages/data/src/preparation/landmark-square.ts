/** A point of a picture in pixels, x to the right and y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the eyes and the corners of the mouth are. */
export interface FaceLandmarks {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly leftMouth: Point;
  readonly rightMouth: Point;
}

/**
 * The square of a face by its landmarks, as CelebA-HQ and FFHQ are cropped, but not turned: for e the middle of the eyes and m
 * that of the mouth, its middle is e + 0.1 (m − e), and its side the larger of 4 |right eye − left eye| and 3.6 |m − e|. It
 * holds the hair and the chin.
 *
 * From Karras, Aila, Laine, Lehtinen: *Progressive Growing of GANs for Improved Quality, Stability, and Variation* (ICLR 2018),
 * appendix C.
 */
export function landmarkSquare({ leftEye, rightEye, leftMouth, rightMouth }: FaceLandmarks): {
  left: number;
  top: number;
  width: number;
  height: number;
} {
  const [eyes, mouth] = [middle(leftEye, rightEye), middle(leftMouth, rightMouth)];
  const side = Math.max(4 * distance(leftEye, rightEye), 3.6 * distance(eyes, mouth));
  return {
    left: eyes.x + 0.1 * (mouth.x - eyes.x) - side / 2,
    top: eyes.y + 0.1 * (mouth.y - eyes.y) - side / 2,
    width: side,
    height: side,
  };
}

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);
