import { crc32, deflateRawSync } from 'node:zlib';
import { CENTRAL_SIGNATURE, END_SIGNATURE, LOCAL_SIGNATURE } from './zip-signatures.js';

/** 1 January 1980, the format's first day: the same content gives the same bytes. */
const NO_DATE = 0x0021;
const VERSION = 20;
const LARGEST = 0xffffffff;

/**
 * The bytes of a zip archive of files, deflated.
 *
 * @throws RangeError when a file or the whole would be larger than 4 GiB
 */
export function formatZip(files: Readonly<Record<string, Buffer>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    if (content.length > LARGEST || offset + packed.length > LARGEST)
      throw new RangeError(`formatZip: ${name} must keep the archive below 4 GiB`);
    const encoded = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(NO_DATE, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(encoded.length, 22);
    parts.push(signature(LOCAL_SIGNATURE), common, encoded, packed);

    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(signature(CENTRAL_SIGNATURE), version(), common, rest, encoded);
    offset += 4 + common.length + encoded.length + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, entries, signature(END_SIGNATURE), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Made by, which stands before what both headers have. */
function version(): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(VERSION);
  return bytes;
}
