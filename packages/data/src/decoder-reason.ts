/** Lines of the decoder that say what it put up with, or only where it was. */
const harmless = /^(read gave \d+ warnings|error in tile .*|Input (buffer|file) has corrupt header:?|Warning treated as error.*|.*\d+ extraneous bytes before marker.*|.*Invalid SOS parameters for sequential JPEG|.*Unknown Adobe color transform code.*|.*unknown JFIF revision.*|.*bad ICC marker.*|Unknown error|)$/;

/**
 * The cause among all that the decoder says of a file it gave up: the last line that is no harmless warning, since
 * warnings come first and the error last.
 */
export function decoderReason(error: unknown, warnings: readonly string[] = []): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [...warnings, message].flatMap((text) => text.split('\n')).map((line) => line.replace(/^Input (buffer|file) has corrupt header: /, '').trim());
  const cause = lines.filter((line) => !harmless.test(line)).at(-1);
  return cause?.replace(/^\w+: /, '') ?? 'the decoder gives no reason';
}
