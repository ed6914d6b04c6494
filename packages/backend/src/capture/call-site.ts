import { fileURLToPath } from 'node:url';

/** A place in a program, to be found only where a message names it: the text of a stack costs far more than the stack. */
export type CallSite = () => string;

/** Remembers the call under way. */
export function rememberCallSite(): CallSite {
  const limit = Error.stackTraceLimit;
  // The user's function is far below tensorflow.js's own calls, and below gradients' most of all.
  Error.stackTraceLimit = 60;
  const here = new Error();
  Error.stackTraceLimit = limit;
  return () => describePlace(here.stack ?? '');
}

const ownFolder = fileURLToPath(new URL('.', import.meta.url));

/** The first place in the user's own files; failing that, the first outside tensorflow.js and this folder. */
function describePlace(stack: string): string {
  const places = stack
    .split('\n')
    .flatMap((line) => /(?:\(|at )((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? [])
    .map((place) => (place.startsWith('file://') ? asPath(place) : place))
    .filter((place) => !place.startsWith(ownFolder) && !place.includes('/@tensorflow/'));
  return places.find((place) => !place.includes('/node_modules/')) ?? places[0] ?? 'an unknown place';
}

function asPath(place: string): string {
  const [, url = '', position = ''] = /^(.*?)((?::\d+){2})$/.exec(place) ?? [];
  return `${fileURLToPath(url)}${position}`;
}
