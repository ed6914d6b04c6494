import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { System } from './system.js';

/** A Python 3 that runs. */
export interface Python {
  readonly executable: string;
  readonly version: string;
  /** Version of its pip; undefined where it has none. */
  readonly pip?: string;
  /** Folder of the `tensorflow` package that this Python would import. */
  readonly tensorflow?: string;
  /** What it has to be called with: `-I` where it does not start with the user's environment variables. */
  readonly flags: readonly string[];
}

/** What a program called Python turned out to be: it runs, or it printed why not, or there is none. */
export type PythonProbe = Python | { readonly failure: string } | undefined;

// Nothing is imported: `import tensorflow` takes seconds and prints.
const probe = `
import importlib.util, json, os, re, sys
sys.path = [entry for entry in sys.path if entry]
def folder(name):
    spec = importlib.util.find_spec(name)
    places = list(spec.submodule_search_locations or []) if spec else []
    return places[0] if places else None
def pip_version():
    if folder("pip") is None:
        return None
    with open(os.path.join(folder("pip"), "__init__.py")) as text:
        found = re.search("__version__ *= *[\\"']([^\\"']+)", text.read())
        return found.group(1) if found else "0"
print(json.dumps({"executable": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3],
                  "pip": pip_version(), "tensorflow": folder("tensorflow")}))
`;

const names = ['python3', 'python'];

/** Asks one program what it is. */
export async function probePython(system: System, executable: string): Promise<PythonProbe> {
  let failure: string | undefined;
  // The second time without PYTHONHOME, PYTHONPATH and the user's packages, which may keep it from starting.
  for (const flags of [[], ['-I']]) {
    const answer = await system.run(executable, [...flags, '-c', probe], { cwd: tmpdir(), timeoutMs: 30_000 });
    if (answer.missing) return undefined;
    const python = answer.status === 0 ? readProbe(answer.stdout, flags) : undefined;
    if (python !== undefined) return python.version.startsWith('3.') ? python : { failure: `it is Python ${python.version}` };
    failure ??= answer.stderr.trim().split('\n').at(-1) ?? '';
  }
  return { failure: failure ?? '' };
}

/** The first Python 3 on PATH, `python3` before `python`; else what the first of them printed instead. */
export async function findPython(system: System): Promise<PythonProbe> {
  let failed: PythonProbe;
  for (const name of names) {
    const python = await probePython(system, name);
    if (isPython(python)) return python;
    failed ??= python;
  }
  return failed;
}

/** Each Python 3 on PATH, in its order. */
export async function* pythonsOnPath(system: System): AsyncGenerator<Python> {
  const seen = new Set<string>();
  const places = (system.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const executable of [...names, ...places.flatMap((folder) => names.map((name) => join(folder, name)))]) {
    const python = await probePython(system, executable);
    if (!isPython(python) || seen.has(python.executable)) continue;
    seen.add(python.executable);
    yield python;
  }
}

export function isPython(probe: PythonProbe): probe is Python {
  return probe !== undefined && !('failure' in probe);
}

function readProbe(text: string, flags: readonly string[]): Python | undefined {
  try {
    const { executable, version, pip, tensorflow } = JSON.parse(text) as Record<'executable' | 'version', string> &
      Record<'pip' | 'tensorflow', string | null>;
    return { executable, version, pip: pip ?? undefined, tensorflow: tensorflow ?? undefined, flags };
  } catch {
    return undefined;
  }
}
