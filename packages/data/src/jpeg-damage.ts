import { huffmanTable, type HuffmanTable } from './huffman-table.js';
import { jpegSegments, startsFrame } from './jpeg-header.js';
import { scanDamage, type ScanBlock } from './jpeg-scan-damage.js';

interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  readonly across: number;
  readonly down: number;
}

const markers = { frame: 0xc0, extendedFrame: 0xc1, tables: 0xc4, endOfImage: 0xd9, scan: 0xda, restartInterval: 0xdd } as const;

/** Whether the data of a JPEG file are whole: `unchecked` is what only the decoder can tell. */
export type JpegVerdict = 'whole' | 'unchecked' | { readonly damage: string };

/**
 * Checks the data of baseline and other sequential Huffman-coded pictures. The decoder fills up what is missing of these
 * with grey, and does not always say so.
 */
export function checkJpegData(content: Buffer): JpegVerdict {
  const dc: (HuffmanTable | undefined)[] = [];
  const ac: (HuffmanTable | undefined)[] = [];
  const seen = new Set<number>();
  let frame: Frame | undefined;
  let restartInterval = 0;
  let scanned = false;
  for (let at = 2; ;) {
    let scanEnd: number | undefined;
    for (const { marker, start, end } of jpegSegments(content, at)) {
      const data = content.subarray(start, end);
      if (marker === markers.tables) readTables(data, dc, ac);
      else if (marker === markers.restartInterval && data.length >= 2) restartInterval = data.readUInt16BE(0);
      else if (marker === markers.frame || marker === markers.extendedFrame) frame ??= readFrame(data);
      else if (startsFrame(marker)) return 'unchecked';
      else if (marker === markers.scan) {
        const scan = frame && readScan(data, frame, dc, ac);
        if (scan === undefined) return 'unchecked';
        for (const id of scan.ids) seen.add(id);
        const damage = scanDamage(content, { start: end, blocks: scan.blocks, units: scan.units, restartInterval });
        if (typeof damage === 'string') return { damage };
        scanned = true;
        scanEnd = damage;
      }
    }
    if (scanEnd === undefined) break;
    at = scanEnd;
    // Of a picture in one scan, decoders read no further.
    if (seen.size === frame?.components.length) return 'whole';
  }
  return scanned ? { damage: 'the data of a channel are missing' } : 'unchecked';
}

function readTables(data: Buffer, dc: (HuffmanTable | undefined)[], ac: (HuffmanTable | undefined)[]): void {
  for (let at = 0; at + 17 <= data.length;) {
    const place = data[at]!;
    const counts = data.subarray(at + 1, at + 17);
    const symbols = counts.reduce((sum, count) => sum + count, 0);
    const table = at + 17 + symbols <= data.length ? huffmanTable(counts, data.subarray(at + 17, at + 17 + symbols)) : undefined;
    (place & 16 ? ac : dc)[place & 15] = table;
    at += 17 + symbols;
  }
}

function readFrame(data: Buffer): Frame | undefined {
  const components: Component[] = [];
  for (let at = 6; at + 3 <= data.length; at += 3) components.push({ id: data[at]!, across: data[at + 1]! >> 4, down: data[at + 1]! & 15 });
  if (components.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) return undefined;
  return {
    width: data.readUInt16BE(3),
    height: data.readUInt16BE(1),
    components,
    across: Math.max(...components.map(({ across }) => across)),
    down: Math.max(...components.map(({ down }) => down)),
  };
}

/** @returns `undefined` for a scan that is not understood, which is left to the decoder */
function readScan(
  data: Buffer,
  frame: Frame,
  dc: readonly (HuffmanTable | undefined)[],
  ac: readonly (HuffmanTable | undefined)[],
): { ids: number[]; blocks: ScanBlock[]; units: number } | undefined {
  const ids: number[] = [];
  const blocks: ScanBlock[] = [];
  const channels = data[0] ?? 0;
  if (channels < 1 || data.length < 1 + channels * 2) return undefined;
  let single: Component | undefined;
  for (let at = 1; at < 1 + channels * 2; at += 2) {
    const component = frame.components.find(({ id }) => id === data[at]);
    const tables = data[at + 1]!;
    const block = { dc: dc[tables >> 4], ac: ac[tables & 15] };
    if (component === undefined || block.dc === undefined || block.ac === undefined) return undefined;
    ids.push(component.id);
    const repeated = channels === 1 ? 1 : component.across * component.down;
    for (let i = 0; i < repeated; i++) blocks.push(block as ScanBlock);
    single = component;
  }
  const { width, height, across, down } = frame;
  // A scan of one channel is coded block by block, without the blocks that fill up the units of several channels.
  const units =
    channels === 1
      ? Math.ceil(Math.ceil((width * single!.across) / across) / 8) * Math.ceil(Math.ceil((height * single!.down) / down) / 8)
      : Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
  return { ids, blocks, units };
}
