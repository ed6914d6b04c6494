import type { PickleGlobal } from './pickle-values.js';

/** Modules whose functions run programs, load or reach for files and networks: no file of weights names them. */
const ACTING_MODULES: ReadonlySet<string> = new Set(
  (
    '_codecs _frozen_importlib _io _pickle _posixsubprocess _socket _thread aiohttp asyncio atexit bdb builtins cPickle cProfile cloudpickle cffi codecs codeop ' +
    '__builtin__ ctypes dill distutils doctest ensurepip fileinput ftplib gc glob http httplib httplib2 httpx idlelib imaplib imp importlib inspect io lib2to3 ' +
    'mailcap marshal mmap multiprocessing nntplib nt ntpath operator os paramiko pdb pickle pickletools pip pkg_resources pkgutil popen2 poplib posix posixpath pty py_compile pydoc ' +
    'requests rlcompleter runpy setuptools shelve shlex shutil smtplib socket socketserver sqlite3 ssl subprocess sys sysconfig telnetlib tempfile threading timeit tracemalloc ' +
    'urllib urllib2 urllib3 uvicorn webbrowser winreg wsgiref xmlrpc zipfile zipimport'
  ).split(' '),
);

/** Functions that act, in modules that otherwise have plain classes. */
const ACTING_NAMES =
  /^(?:functools\.reduce|code\.(?:interact|Interactive\w+)|commands\.get\w+|profile\.\w*run\w*|site\.main|types\.(?:CodeType|FunctionType)|copyreg?\.add_extension|torch\.(?:hub|jit|package|_inductor|_dynamo|utils\.(?:bottleneck|collect_env|cpp_extension|_config_module|data\.datapipes\.utils\.decoder))\..*|torch\.(?:load|save|compile)|torch\.serialization\..*|torch\._C\..*|numpy\.(?:testing|f2py|distutils)\..*|numpy\.(?:load|save|fromfile|memmap)|cv2\..*|pandas\.(?:eval|read_.*))$/;

/** Python's own classes of values, of which nothing can act. */
const BUILTIN_CLASSES: ReadonlySet<string> = new Set(
  'Ellipsis NotImplemented bool float int long object range slice str type unicode xrange'.split(' '),
);

const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** Longest name that is one. */
const MAX_NAME = 200;

/** Whether a name may stand for a value that is named and not made. */
function isPlain(module: string, name: string): boolean {
  if (module.length + name.length > MAX_NAME || !IDENTIFIER.test(module) || !IDENTIFIER.test(name)) return false;
  if (module === '__builtin__' || module === 'builtins') return BUILTIN_CLASSES.has(name);
  // A class may be in a private module of the same name: pathlib's is in pathlib._local.
  const [root = ''] = module.split('.');
  return !ACTING_MODULES.has(root) && !ACTING_NAMES.test(`${module}.${name}`);
}

/**
 * A class or function that is not known. It is never called: what it would make becomes an opaque value with its name.
 *
 * @throws naming it, where its purpose is to act, or it is no name
 */
export function opaqueGlobal(module: string, name: string): PickleGlobal {
  if (isPlain(module, name)) return { kind: 'global', name: `${module}.${name}`, opaque: true };
  throw new Error(
    `it names ${printable(module)}.${printable(name)}, which tensors do not need and this reader does not know; nothing was run. ` +
      'Get the file from a source you trust; if it is your own, save only its tensors in Python: torch.save(model.state_dict(), path)',
  );
}

/** Text from a stranger, short and on one line. */
function printable(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text).slice(1, -1);
}
