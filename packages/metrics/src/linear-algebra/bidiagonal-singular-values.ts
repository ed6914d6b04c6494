import type { Bidiagonal } from './bidiagonalise.js';

/** Sweeps per singular value; two or three are usual. */
const MAXIMUM_SWEEPS = 60;

/** Sweeps after which what is small beside the whole matrix is let go, not only what is small beside its neighbours. */
const PATIENT_SWEEPS = 20;

/**
 * Singular values of a bidiagonal matrix by implicitly shifted QR steps (Golub and Reinsch, *Singular value decomposition
 * and least squares solutions*, 1970). Each is right to a small multiple of 2⁻⁵² of the largest in its
 * part of a matrix that falls into parts, so that small values keep their digits beside unrelated large ones. Values should be
 * around 1, so that squares neither overflow nor vanish.
 *
 * @returns in no particular order, each ≥ 0
 */
export function bidiagonalSingularValues({ diagonal, above }: Bidiagonal): Float64Array {
  const d = diagonal.slice();
  const e = above.slice();
  let norm = 0;
  for (let i = 0; i < d.length; i++) norm = Math.max(norm, Math.abs(d[i]!) + Math.abs(e[i]!));

  for (let last = d.length - 1; last >= 0; last--) {
    for (let sweep = 0; ; sweep++) {
      const first = isolate(d, e, last, norm * (sweep < PATIENT_SWEEPS ? Number.EPSILON ** 2 : Number.EPSILON));
      if (first === last) break;
      if (sweep === MAXIMUM_SWEEPS) throw new Error(`bidiagonalSingularValues: no convergence after ${MAXIMUM_SWEEPS} sweeps`);
      shiftedStep(d, e, first, last);
    }
    d[last] = Math.abs(d[last]!);
  }
  return d;
}

const hypotenuse = (a: number, b: number): number => Math.sqrt(a * a + b * b);

/** Where the unreduced block that ends at `last` begins; a diagonal zero above it is first made to split it off. */
function isolate(d: Float64Array, e: Float64Array, last: number, negligible: number): number {
  for (let first = last; ; first--) {
    if (first === 0) return first;
    const size = Math.abs(e[first]!);
    if (size <= negligible || size <= Number.EPSILON * (Math.abs(d[first]!) + Math.abs(d[first - 1]!))) return first;
    if (Math.abs(d[first - 1]!) > negligible) continue;
    let cosine = 0;
    let sine = 1;
    for (let i = first; i <= last; i++) {
      const f = sine * e[i]!;
      e[i]! *= cosine;
      if (Math.abs(f) <= negligible) break;
      const g = d[i]!;
      const radius = hypotenuse(f, g);
      d[i] = radius;
      cosine = g / radius;
      sine = -f / radius;
    }
    return first;
  }
}

/** One QR step on the block `first` … `last`, shifted by an eigenvalue of its trailing 2 × 2 minor. */
function shiftedStep(d: Float64Array, e: Float64Array, first: number, last: number): void {
  let x = d[first]!;
  const z = d[last]!;
  const y = d[last - 1]!;
  const g = e[last - 1]!;
  const h = e[last]!;
  const p = ((y - z) * (y + z) + (g - h) * (g + h)) / (2 * h * y);
  const root = p < 0 ? p - hypotenuse(p, 1) : p + hypotenuse(p, 1);
  let f = ((x - z) * (x + z) + h * (y / root - h)) / x;
  let cosine = 1;
  let sine = 1;
  for (let j = first; j < last; j++) {
    const entry = e[j + 1]!;
    const next = d[j + 1]!;
    let chased = sine * entry;
    const kept = cosine * entry;
    let radius = hypotenuse(f, chased);
    e[j] = radius;
    if (radius !== 0) {
      cosine = f / radius;
      sine = chased / radius;
    }
    f = x * cosine + kept * sine;
    const off = kept * cosine - x * sine;
    chased = next * sine;
    const scaled = next * cosine;
    radius = hypotenuse(f, chased);
    d[j] = radius;
    if (radius !== 0) {
      cosine = f / radius;
      sine = chased / radius;
    }
    f = cosine * off + sine * scaled;
    x = cosine * scaled - sine * off;
  }
  e[first] = 0;
  e[last] = f;
  d[last] = x;
}
