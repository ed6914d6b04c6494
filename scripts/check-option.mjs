import { parseArgs } from 'node:util';

/** The options of a script that only takes --check; prints the usage and ends this process for --help, and for anything else. */
export function checkOption(usage) {
  try {
    const { values } = parseArgs({
      options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
    });
    if (!values.help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
