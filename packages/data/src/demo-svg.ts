import type { DemoPicture, DemoShape, DemoStyle } from './demo-picture.js';
import { hexColour } from './oklch.js';

/** The picture as an SVG document of `imageSize` × `imageSize` pixels. */
export function demoSvg(picture: DemoPicture, imageSize: number): string {
  const { shape, place, style } = picture;
  // Drawn in a unit square, the shape around the origin.
  const radius = style.size / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${imageSize}" height="${imageSize}" viewBox="0 0 1 1">
<defs>
<linearGradient id="background" gradientTransform="rotate(${style.gradientAngle} 0.5 0.5)">
<stop offset="0" stop-color="${hexColour(style.background[0])}"/>
<stop offset="1" stop-color="${hexColour(style.background[1])}"/>
</linearGradient>
<clipPath id="inside">${outlines[shape](radius)}</clipPath>
</defs>
<rect width="1" height="1" fill="url(#background)"/>
<g transform="translate(${place.x} ${place.y}) rotate(${place.rotation})">
<g fill="${hexColour(style.fill)}">${outlines[shape](radius)}</g>
<g clip-path="url(#inside)" fill="${hexColour(style.accent)}" stroke="${hexColour(style.accent)}">${textured(shape, style)}</g>
</g>
</svg>`;
}

/** Shapes that look about as large as a circle of this radius, their centre of mass at the origin. */
const outlines: Record<DemoShape, (radius: number) => string> = {
  circle: (radius) => `<circle r="${radius}"/>`,
  square: (radius) => {
    const side = radius * 1.74;
    return `<rect x="${-side / 2}" y="${-side / 2}" width="${side}" height="${side}"/>`;
  },
  triangle: (radius) => {
    // Equilateral; `corner` is the distance of the corners from the centre.
    const corner = radius * 1.42;
    const half = (corner * Math.sqrt(3)) / 2;
    return `<polygon points="0,${-corner} ${half},${corner / 2} ${-half},${corner / 2}"/>`;
  },
};

/** What lies over the fill; clipped to the shape. */
function textured(shape: DemoShape, { texture, size }: DemoStyle): string {
  const radius = size / 2;
  const positions = [-3, -2, -1, 0, 1, 2, 3].map((step) => step * size * 0.3);
  switch (texture) {
    case 'plain':
      return '';
    case 'outline':
      // Half of the stroke is clipped away.
      return `<g fill="none" stroke-width="${size * 0.26}">${outlines[shape](radius)}</g>`;
    case 'stripes':
      return positions.map((y) => `<rect x="-1" y="${y - size * 0.07}" width="2" height="${size * 0.14}" stroke="none"/>`).join('');
    case 'dots':
      return positions.flatMap((y) => positions.map((x) => `<circle cx="${x}" cy="${y}" r="${size * 0.085}" stroke="none"/>`)).join('');
  }
}
