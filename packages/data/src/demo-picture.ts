import { randomStream, type RandomStream } from '@stargan/random';
import type { Oklch } from './oklch.js';

/** The domains of the demo images. */
export const demoShapes = ['circle', 'square', 'triangle'] as const;
/** A domain of the demo images. */
export type DemoShape = (typeof demoShapes)[number];

/** How a shape is filled. */
export const demoTextures = ['plain', 'outline', 'stripes', 'dots'] as const;
/** A way to fill a shape. */
export type DemoTexture = (typeof demoTextures)[number];

/** What a shape stands on: a light background under a deep colour, or a dark one under a bright colour. */
export const demoBackgrounds = ['light', 'dark'] as const;
/** What a shape can stand on. */
export type DemoBackground = (typeof demoBackgrounds)[number];

/** Which pictures are drawn. */
export interface DemoChoice {
  /** Default: all of {@link demoTextures}. */
  textures?: readonly DemoTexture[] | undefined;
  /** Default: both; 65 in 100 are light then. */
  backgrounds?: readonly DemoBackground[] | undefined;
  /** Largest rotation to either side, in degrees. Default 12. */
  rotation?: number | undefined;
}

/** What is to be kept when a picture's domain or style changes. Lengths are shares of the image's side. */
export interface DemoPlace {
  /** Centre of the shape, from the left. */
  readonly x: number;
  /** Centre of the shape, from the top. */
  readonly y: number;
  /** Degrees, clockwise; −12 … 12 by default. */
  readonly rotation: number;
}

/** What varies within a domain, and is taken from the reference image or the latent code. */
export interface DemoStyle {
  /** Diameter of the circle, and of squares and triangles that look as large, as a share of the image's side: 0.46 … 0.62. */
  readonly size: number;
  /** How the shape is filled. */
  readonly texture: DemoTexture;
  /** Colour of the shape. */
  readonly fill: Oklch;
  /** Colour of outline, stripes or dots. */
  readonly accent: Oklch;
  /** Ends of the background's gradient. */
  readonly background: readonly [Oklch, Oklch];
  /** Direction of the gradient in degrees. */
  readonly gradientAngle: number;
}

/** One demo picture in numbers. */
export interface DemoPicture {
  /** The domain. */
  readonly shape: DemoShape;
  /** What a right translation keeps. */
  readonly place: DemoPlace;
  /** What a right translation takes over. */
  readonly style: DemoStyle;
}

/**
 * Draws the attributes of one picture: a pure function of its arguments.
 *
 * The place depends on split and number only: pictures of one number have the same place in every domain, and are each
 * other's right translation. The style depends on the domain too, and has the same distribution in all of them.
 *
 * @param shape the domain
 * @param split `train` or `val` in a set on disk; other names give other pictures
 * @param number of the picture within its split; a set on disk counts from 1
 * @param seed whole number ≥ 0
 * @param choice limits what is drawn: textures, backgrounds and rotation
 */
export function sampleDemoPicture(shape: DemoShape, split: string, number: number, seed: number, choice: DemoChoice = {}): DemoPicture {
  return {
    shape,
    place: samplePlace(randomStream(seed, `demo/${split}/place`, number), choice),
    style: sampleStyle(randomStream(seed, `demo/${split}/style/${shape}`, number), choice),
  };
}

function samplePlace(random: RandomStream, { rotation = 12 }: DemoChoice): DemoPlace {
  return { x: between(0.36, 0.64, random), y: between(0.36, 0.64, random), rotation: between(-rotation, rotation, random) };
}

/**
 * Shape and background differ by 0.25 or more in lightness, the accent by 0.12 or more from both: a light background has
 * a deep shape on it and a dark one a bright shape.
 */
function sampleStyle(random: RandomStream, { textures = demoTextures, backgrounds = demoBackgrounds }: DemoChoice): DemoStyle {
  const size = between(0.46, 0.62, random);
  const texture = textures[random.integer(textures.length)]!;
  const light = backgrounds.length === 2 ? random.uniform() < 0.65 : backgrounds[0] === 'light';
  // Deep colours leave out the yellows between 50° and 130°, which would be browns and olives.
  const hue = light ? between(130, 410, random) : between(0, 360, random);
  const lightness = light ? between(0.48, 0.62, random) : between(0.76, 0.86, random);
  const chroma = between(0.13, 0.2, random);
  const fill: Oklch = { lightness, chroma, hue };
  const accent: Oklch = { lightness: rounded(lightness + (light ? 0.15 : -0.18)), chroma, hue: rounded(hue + between(-40, 40, random)) };
  // Within 120° of the opposite hue, so that shape and background never share one.
  const backgroundHue = hue + 180 + between(-120, 120, random);
  const turn = between(-45, 45, random);
  const background = [-0.5, 0.5].map((end) => ({
    lightness: rounded(light ? 0.91 + end * 0.04 : 0.34 + end * 0.12),
    chroma: light ? 0.055 : 0.06,
    hue: rounded(backgroundHue + end * turn),
  })) as [Oklch, Oklch];
  return { size, texture, fill, accent, background, gradientAngle: between(0, 360, random) };
}

function between(low: number, high: number, random: RandomStream): number {
  return rounded(low + (high - low) * random.uniform());
}

/** Four decimals draw the same picture and are pleasant to read. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
