import { crc32, deflateRawSync } from 'node:zlib';

/** An entry, right unless it says otherwise about itself. */
export interface RawEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  /** What the headers say, where that is not true. */
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
}

/** A zip archive, small, and independent of the package's own writer. */
export function rawZip(entries: readonly RawEntry[]): Uint8Array {
  const pieces: Buffer[] = [];
  const table: Buffer[] = [];
  let position = 0;
  for (const { name, content, deflate = false, size, crc = crc32(content), flags = 0, method = deflate ? 8 : 0 } of entries) {
    const data = deflate ? deflateRawSync(content) : content;
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(flags, 2);
    header.writeUInt16LE(method, 4);
    header.writeUInt32LE(crc, 10);
    header.writeUInt32LE(deflate ? data.byteLength : (size ?? data.byteLength), 14);
    header.writeUInt32LE(size ?? content.byteLength, 18);
    header.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), header, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(position, 10);
    table.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), header, rest, Buffer.from(name)]));
    pieces.push(local);
    position += local.byteLength;
  }
  const listed = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.byteLength, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...pieces, listed, end]);
}

/** A file of PyTorch 1.6 and later: its pickle, and its storages by key. */
export function zipFile(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  more: readonly RawEntry[] = [],
): Uint8Array {
  return rawZip([
    { name: 'archive/data.pkl', content: pickle },
    ...Object.entries(storages).map(([key, content]) => ({ name: `archive/data/${key}`, content })),
    { name: 'archive/version', content: new TextEncoder().encode('3\n') },
    ...more,
  ]);
}
