// node scripts/fuzz-decoder.mjs [--mutants 10000] [--seed 1]
//
// Decodes damaged copies of small pictures of every format and says what became of them. To see that no picture takes
// memory without bound, run it under a limit of the operating system, for example:
//   systemd-run --user --scope -p MemoryMax=2G node scripts/fuzz-decoder.mjs
// Exits with 1 when something other than a picture or an ImageFileError comes out, or a decoding does not end.
import { Buffer } from 'node:buffer';
import { createRequire } from 'node:module';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { decodeImage, ImageFileError } from '../packages/data/dist/index.js';
import { randomStream } from '../packages/random/dist/index.js';

const { values } = parseArgs({ options: { mutants: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } } });
const sharp = createRequire(new URL('../packages/data/package.json', import.meta.url))('sharp');
const longest = 60_000;

const sources = await seeds();
const random = randomStream(Number(values.seed), 'data/fuzz-decoder');
const counts = {};
const reasons = new Map();
let faults = 0;
for (let i = 0; i < Number(values.mutants); i++) {
  const [format, source] = sources[i % sources.length];
  const content = format === 'png' && random.integer(4) > 0 ? withChecksums(mutated(source)) : mutated(source);
  const outcome = await outcomeOf(content, i % 2 === 0 ? 'upright' : 'pillow');
  counts[format] ??= {};
  counts[format][outcome] = (counts[format][outcome] ?? 0) + 1;
}
console.table(counts);
for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 40)) console.log(String(count).padStart(6), reason);
console.log(
  `${values.mutants} mutants, seed ${values.seed}: ${faults} faults; largest resident memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
);
process.exit(faults > 0 ? 1 : 0);

/** Small pictures: with an orientation, since that takes a way of its own. */
async function seeds() {
  const width = 24;
  const height = 18;
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 7 + ((i * i) >> 5)) & 255);
  const picture = () => sharp(data, { raw: { width, height, channels: 4 } }).withMetadata({ orientation: 6 });
  const pixels = width * height * 3;
  return [
    ['jpeg', await picture().jpeg().toBuffer()],
    ['jpeg', await picture().jpeg({ progressive: true }).toBuffer()],
    ['jpeg', await picture().toColourspace('cmyk').jpeg().toBuffer()],
    ['png', await picture().png().toBuffer()],
    ['png', await picture().png({ palette: true, progressive: true }).toBuffer()],
    ['png', await picture().toColourspace('rgb16').png({ progressive: true }).toBuffer()],
    ['webp', await picture().webp().toBuffer()],
    ['webp', await picture().webp({ lossless: true }).toBuffer()],
    ['gif', await picture().gif().toBuffer()],
    ['tiff', await picture().tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer()],
    ['tiff', await picture().tiff({ compression: 'jpeg' }).toBuffer()],
    ['avif', await picture().avif({ effort: 0 }).toBuffer()],
    ['bmp', bitmap(width, height, 24, 0, Buffer.alloc(width * height * 3, 77))],
    ['bmp', bitmap(width, height, 8, 1, Buffer.alloc(256, 3))],
    ['pnm', Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(pixels, 99)])],
  ];
}

function bitmap(width, height, bits, compression, pixels) {
  const header = Buffer.alloc(14 + 40 + (bits === 8 ? 1024 : 0));
  header.write('BM');
  header.writeUInt32LE(header.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  return Buffer.concat([header, pixels]);
}

/** One to four of: another byte, another bit, an extreme number, a cut, bytes twice, bytes away; more often in the header. */
function mutated(source) {
  let content = Buffer.from(source);
  for (let changes = 1 + random.integer(4); changes > 0 && content.length > 8; changes--) {
    const at = random.integer(random.integer(2) === 0 ? Math.min(content.length, 200) : content.length);
    const length = Math.min(1 + random.integer(32), content.length - at);
    switch (random.integer(6)) {
      case 0:
        content[at] = random.integer(256);
        break;
      case 1:
        content[at] ^= 1 << random.integer(8);
        break;
      case 2:
        content.fill([0, 0xff, 0x7f, 0x80][random.integer(4)], at, Math.min(at + [1, 2, 4][random.integer(3)], content.length));
        break;
      case 3:
        if (random.integer(4) === 0) content = content.subarray(0, at);
        break;
      case 4:
        content = Buffer.concat([content.subarray(0, at + length), content.subarray(at)]);
        break;
      default:
        content = Buffer.concat([content.subarray(0, at), content.subarray(at + length)]);
    }
  }
  return content;
}

/** Most damage to a PNG ends at a wrong checksum: with right ones it gets further. */
function withChecksums(content) {
  for (let at = 8; at + 12 <= content.length;) {
    const end = at + 12 + content.readUInt32BE(at);
    if (end > content.length) break;
    content.writeUInt32BE(crc32(content.subarray(at + 4, end - 4)), end - 4);
    at = end;
  }
  return content;
}

async function outcomeOf(content, reading) {
  const timer = setTimeout(() => fault('does not end', content), longest);
  try {
    const { width, height, data } = await decodeImage(content, { reading });
    if (data.length !== width * height * 3) fault(`${data.length} levels for ${width}×${height} pixels`, content);
    return 'opened';
  } catch (error) {
    if (!(error instanceof ImageFileError)) fault(String(error?.stack), content);
    else {
      const reason = `${error.problem}: ${error.reason.replace(/\d+/g, 'N')}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    return error.problem ?? 'fault';
  } finally {
    clearTimeout(timer);
  }
}

function fault(what, content) {
  faults += 1;
  console.error(what, content.toString('base64'));
  if (what === 'does not end') process.exit(1);
}
