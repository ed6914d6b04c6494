import { tmpdir } from 'node:os';
import type { System } from './system.js';

export interface Python {
  readonly executable: string;
  readonly version: string;
  readonly pip: boolean;
  /** Folder of the `tensorflow` package that this Python would import. */
  readonly tensorflow?: string;
}

// Nothing is imported: `import tensorflow` takes seconds and prints.
const probe = `
import importlib.util, json, sys
sys.path = [entry for entry in sys.path if entry]
def folder(name):
    spec = importlib.util.find_spec(name)
    places = list(spec.submodule_search_locations or []) if spec else []
    return places[0] if places else None
print(json.dumps({"executable": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3],
                  "pip": folder("pip") is not None, "tensorflow": folder("tensorflow")}))
`;

/** The first of `executables` that is a Python 3; by default `python3`, then `python`. */
export async function findPython(
  system: System,
  executables: readonly string[] = ['python3', 'python'],
): Promise<Python | undefined> {
  for (const executable of executables) {
    const answer = await system.run(executable, ['-c', probe], { cwd: tmpdir(), timeoutMs: 30_000 });
    const python = answer.status === 0 ? readProbe(answer.stdout) : undefined;
    if (python?.version.startsWith('3.')) return python;
  }
  return undefined;
}

function readProbe(text: string): Python | undefined {
  try {
    const answer = JSON.parse(text) as { executable: string; version: string; pip: boolean; tensorflow: string | null };
    return { ...answer, tensorflow: answer.tensorflow ?? undefined };
  } catch {
    return undefined;
  }
}
