import type { SmallFloat } from './dtypes.js';

// Conversions work on bits or are exact in float32, so every value, subnormals and NaN payloads included, arrives exactly.

/** bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = Uint32Array.from(halves, (half) => half << 16);
  return new Float32Array(bits.buffer);
}

function float16Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal: shift the leading one out of the fraction and count.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** IEEE 754 half precision. */
function float16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = Uint32Array.from(halves, float16Bits);
  return new Float32Array(bits.buffer);
}

/** The bits of the half float nearest to a float32, of two that are as near the even one, as IEEE 754 rounds. */
function nearestHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  // Not a number: the upper bits of its payload, and never none of them.
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >> 13) & 0x3ff);
  // From halfway between the largest half float and what would follow it: infinite.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  const exponent = magnitude >> 23;
  // Nearer to zero than to the smallest subnormal.
  if (exponent < 102) return sign;
  const isSubnormal = exponent < 113;
  const dropped = isSubnormal ? 126 - exponent : 13;
  const kept = isSubnormal ? (magnitude & 0x7fffff) | 0x800000 : magnitude - 0x38000000;
  const half = kept >>> dropped;
  const rest = kept & ((1 << dropped) - 1);
  const middle = 1 << (dropped - 1);
  return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
}

/** Float32 values as the half floats nearest to them, in bits. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  // Uint16Array.from would take each value from an iterator, in ten times the time.
  for (let i = 0; i < bits.length; i++) halves[i] = nearestHalf(bits[i] ?? 0);
  return halves;
}

/** What sets one 8-bit float apart from another. */
interface Float8 {
  readonly mantissaBits: number;
  readonly bias: number;
  /** Codes without the sign that are not numbers, or infinite. */
  readonly special: (magnitude: number) => number | undefined;
  /** There is one zero, and what would be the other is not a number. */
  readonly oneZero?: true;
}

const FLOAT8: Readonly<Record<'F8_E4M3' | 'F8_E4M3FNUZ' | 'F8_E5M2' | 'F8_E5M2FNUZ', Float8>> = {
  F8_E4M3: { mantissaBits: 3, bias: 7, special: (magnitude) => (magnitude === 0x7f ? NaN : undefined) },
  F8_E4M3FNUZ: { mantissaBits: 3, bias: 8, special: () => undefined, oneZero: true },
  F8_E5M2: { mantissaBits: 2, bias: 15, special: (magnitude) => (magnitude > 0x7c ? NaN : magnitude === 0x7c ? Infinity : undefined) },
  F8_E5M2FNUZ: { mantissaBits: 2, bias: 16, special: () => undefined, oneZero: true },
};

function float8Value(code: number, { mantissaBits, bias, special, oneZero }: Float8): number {
  if (oneZero && code === 0x80) return NaN;
  const sign = code >= 0x80 ? -1 : 1;
  const magnitude = code & 0x7f;
  const fraction = (magnitude & ((1 << mantissaBits) - 1)) / (1 << mantissaBits);
  const exponent = magnitude >> mantissaBits;
  const value = special(magnitude) ?? (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
  return sign * value;
}

/** All values of an 8-bit float, by their code. */
function float8Table(dtype: Exclude<SmallFloat, 'BF16' | 'F16'>): Float32Array {
  // A power of two without sign, as scales of blocks are.
  if (dtype === 'F8_E8M0') return Float32Array.from({ length: 256 }, (_, code) => (code === 0xff ? NaN : 2 ** (code - 127)));
  return Float32Array.from({ length: 256 }, (_, code) => float8Value(code, FLOAT8[dtype]));
}

/** Elements of a file as float32, each exactly. */
export function smallFloatsToFloat32(dtype: SmallFloat, buffer: ArrayBuffer): Float32Array {
  if (dtype === 'F16') return float16ToFloat32(new Uint16Array(buffer));
  if (dtype === 'BF16') return bfloat16ToFloat32(new Uint16Array(buffer));
  const table = float8Table(dtype);
  return Float32Array.from(new Uint8Array(buffer), (code) => table[code] ?? NaN);
}
