import { isForeignName } from '../foreign-names.js';
import { printablePath } from '../path-names.js';

/** Names that Windows keeps for devices, whatever follows the first dot. */
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** Bytes of a name that most file systems allow are 255; endings are added. */
const longestName = 150;

/**
 * A name that every usual file system can hold: what is not allowed on one of them becomes `_`, and so do bytes that are
 * not UTF-8, as `_xe9`.
 */
export function portableName(name: string): string {
  const plain = printablePath(name.normalize('NFC'))
    .replace(/\\(x[0-9a-f]{2})/g, '_$1')
    .replace(/[<>:"/\\|?*]/g, '_')
    .replace(/^\./, '_')
    .replace(/[. ]+$/, (ending) => '_'.repeat(ending.length));
  const short = shortened(plain);
  return reserved.test(short) || isForeignName(short) || short === '' ? `_${short}` : short;
}

function shortened(name: string): string {
  let short = '';
  for (const character of name) {
    if (Buffer.byteLength(short + character) > longestName) return short.replace(/[. ]+$/, '_');
    short += character;
  }
  return short;
}

/** What two names have in common that some file system takes for the same. */
export const foldedName = (name: string): string => name.normalize('NFC').toLowerCase();

/**
 * @param where begins the message
 * @throws Error unless a folder of this name is taken for a domain
 */
export function requireDomainName(where: string, domain: string): void {
  const fault =
    domain === '.' || domain === '..' || /[/\\]/.test(domain)
      ? 'is no name of a single folder'
      : domain.startsWith('.')
        ? 'begins with a dot, so its folder would be hidden'
        : isForeignName(domain)
          ? 'is the name of a folder of the system'
          : undefined;
  if (fault !== undefined) throw new Error(`${where}: the domain "${printablePath(domain)}" ${fault}; rename it`);
}
