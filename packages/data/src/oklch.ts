/** A colour in OKLCH, where equal steps look equally large: https://bottosson.github.io/posts/oklab/ */
export interface Oklch {
  /** 0 (black) … 1 (white) */
  readonly lightness: number;
  /** 0 (grey) … about 0.3 */
  readonly chroma: number;
  /** Degrees. */
  readonly hue: number;
}

/** The colour as `#rrggbb`; chroma that sRGB cannot show is reduced. */
export function hexColour(colour: Oklch): string {
  let { chroma } = colour;
  let channels = linearChannels({ ...colour, chroma });
  while (chroma > 0 && channels.some((value) => value < -0.001 || value > 1.001)) {
    chroma = Math.max(chroma - 0.005, 0);
    channels = linearChannels({ ...colour, chroma });
  }
  return `#${channels.map((value) => level(value).toString(16).padStart(2, '0')).join('')}`;
}

function linearChannels({ lightness, chroma, hue }: Oklch): [red: number, green: number, blue: number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

/** The sRGB transfer curve, to 8 bits. */
function level(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(Math.max(value, 0), 1) * 255);
}
