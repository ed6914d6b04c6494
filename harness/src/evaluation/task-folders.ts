import path from 'node:path';
import type { Task } from '@stargan/training/evaluation';

/**
 * Names of the tasks' folders, `cat2dog`; where two tasks would have one name, as of domains `cat` and `cat2cat`, all have
 * the numbers of their domains as well, `0-cat-to-1-cat2cat`.
 *
 * @param names of the domains, by label
 */
export function taskFolders(tasks: readonly Task[], names: readonly string[]): (task: Task) => string {
  const short = ({ guidance, source, target }: Task): string => path.join(guidance, `${names[source]}2${names[target]}`);
  const long = ({ guidance, source, target }: Task): string =>
    path.join(guidance, `${source}-${names[source]}-to-${target}-${names[target]}`);
  // Some file systems do not tell upper from lower case.
  const distinct = new Set(tasks.map((task) => short(task).normalize().toLowerCase())).size === tasks.length;
  return distinct ? short : long;
}
