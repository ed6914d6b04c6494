import { maskedCrc32c } from '../crc32c.js';

/** The data of the whole records of a TFRecord file, whose checksums are verified, and the bytes behind the last. */
export function readRecords(content: Uint8Array): { records: Uint8Array[]; rest: number } {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const records: Uint8Array[] = [];
  let position = 0;
  while (position + 12 <= content.length) {
    const end = position + 12 + Number(view.getBigUint64(position, true)) + 4;
    if (end > content.length) break;
    const data = content.subarray(position + 12, end - 4);
    const sums = [view.getUint32(position + 8, true), view.getUint32(end - 4, true)];
    const expected = [maskedCrc32c(content.subarray(position, position + 8)), maskedCrc32c(data)];
    if (sums.join() !== expected.join()) throw new Error(`record ${records.length} has checksums ${sums.join()}, not ${expected.join()}`);
    records.push(data);
    position = end;
  }
  return { records, rest: content.length - position };
}
