import { loadModules } from './load-modules.js';
import type { Suite } from './suite.js';

/** Every file of the folder `suites`, by name. @throws when a file does not export a `suite` */
export async function loadSuites(): Promise<Suite[]> {
  return Object.entries(await loadModules('suites')).map(([name, { suite }]) => {
    if (suite === undefined) throw new Error(`suites/${name}.ts: expected an export named suite, got none; see the README`);
    return suite as Suite;
  });
}
