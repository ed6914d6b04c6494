import { readFileSync } from 'node:fs';

/** The values of one float32 tensor of a safetensors file. */
export function safetensor(file: string, name: string): Float32Array {
  const content = readFileSync(file);
  const headerBytes = Number(content.readBigUInt64LE(0));
  const header = JSON.parse(content.toString('utf8', 8, 8 + headerBytes)) as Record<string, { data_offsets: [number, number] }>;
  const [from, to] = header[name]!.data_offsets;
  const values = Uint8Array.from(content.subarray(8 + headerBytes + from, 8 + headerBytes + to));
  return new Float32Array(values.buffer);
}
