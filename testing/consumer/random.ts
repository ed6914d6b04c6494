import { fnv1a32, normalArray, permutation, philox4x32, randomStream, type RandomStream } from '@stargan/random';

const stream: RandomStream = randomStream(777, 'latent', 1000);
const words = new Uint32Array(4);
philox4x32([0, 0, 0, fnv1a32('latent')], Uint32Array.of(1, 2), words);
const drawn: Float32Array = normalArray(16, stream);
const order: number[] = permutation(5, stream);
console.log(words, drawn, order, stream.uniform(), stream.integer(3), stream.normal());
