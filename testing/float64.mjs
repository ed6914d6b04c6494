// Loaded before anything else (`node --import`), it makes tensorflow.js's JavaScript backend compute in float64: what it
// calls float32 is kept in the arrays that this name stands for, and JavaScript's own arithmetic is float64 already.
import { types } from 'node:util';

globalThis.Float32Array = Float64Array;
types.isFloat32Array = types.isFloat64Array;
