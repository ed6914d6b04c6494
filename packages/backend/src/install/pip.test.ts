import { expect, test } from 'vitest';
import { fakeProject, pythonAnswer } from '../testing/fake-project.js';
import { fakeSystem, type FakeMachine } from '../testing/fake-system.js';
import { installRuntime } from './install-runtime.js';
import { hasFittingPip, requirePip, wheelSelection } from './pip.js';

const python = (version: string) => ({ executable: 'python3', version, pip: '24.0', flags: [] });

test.each(['3.10.0', '3.13.2'])('Python %s takes its own wheel', (version) => {
  expect(wheelSelection(python(version), 'x64')).toEqual(['--only-binary=:all:']);
});

test.each(['3.8.10', '3.9.2', '3.14.0'])('Python %s, which has none, takes the wheel of another', (version) => {
  const selection = wheelSelection(python(version), 'x64');
  expect(selection).toContain('--python-version=3.12');
  expect(selection).toContain('--platform=manylinux_2_27_x86_64');
});

test('an Arm machine takes Arm wheels', () => {
  expect(wheelSelection(python('3.9.2'), 'arm64')).toContain('--platform=manylinux_2_17_aarch64');
});

/** A machine on whose PATH there are these programs. */
function programs(answers: Readonly<Record<string, Parameters<typeof pythonAnswer>[0]>>): FakeMachine {
  return {
    env: { PATH: '/a:/b' },
    answer: (command) => (command in answers ? pythonAnswer({ executable: command, ...answers[command] }) : undefined),
  };
}

test.each([
  ['20.3', true],
  ['20.2.4', false],
  ['18.1', false],
  ['9.0.3', false],
  ['24.0', true],
  [undefined, false],
] as const)('pip %s: fits %s', (pip, fits) => {
  expect(hasFittingPip({ pip })).toBe(fits);
});

test('the next Python on PATH is taken where the first has no pip, or too old a one', async () => {
  const system = fakeSystem(programs({ python3: { pip: null }, '/a/python3': { pip: '20.0.2' }, '/b/python3': {} }));
  expect((await requirePip(system)).executable).toBe('/b/python3');
});

test('a pip that is too old is named, with its version and what is needed', async () => {
  await expect(requirePip(fakeSystem(programs({ python3: { pip: '20.0.2' } })))).rejects.toThrow(
    /pip of python3 is version 20\.0\.2.*20\.3 or later\n.*--upgrade pip/,
  );
});

test('without pip in a virtual environment the advice is for one', async () => {
  const machine = programs({ python3: { pip: null, executable: '/venv/bin/python3' } });
  await expect(requirePip(fakeSystem({ ...machine, env: { VIRTUAL_ENV: '/venv' } }))).rejects.toThrow(/deactivate.*ensurepip/);
});

test('a Python that does not start is not called absent', async () => {
  const system = fakeSystem({ answer: () => ({ status: 1, stderr: 'Traceback\nModuleNotFoundError: encodings' }) });
  await expect(requirePip(system)).rejects.toThrow(/python3.*does not start: ModuleNotFoundError: encodings\n.*PYTHONHOME/);
});

test('pip is not kept from its work by a demand for a virtual environment, which is for installing', async () => {
  const project = fakeProject();
  const asked: (string | undefined)[] = [];
  const machine = project.machine({
    env: { PIP_REQUIRE_VIRTUALENV: 'true' },
    answer: (_command, args, options) => {
      if (args.includes('download')) asked.push(options.env?.PIP_REQUIRE_VIRTUALENV);
      return undefined;
    },
  });
  await installRuntime({}, machine);
  expect(asked).toEqual(['0']);
});

test.each([
  ['OSError: [Errno 28] No space left on device', /the disk is full\. Free some space/],
  ["ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'", /may not write there\. Give the folder/],
  ['OSError: [Errno 30] Read-only file system', /read-only.*STARGAN_CACHE_DIR/],
  ['SSLError(SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]"))', /certificate.*PIP_CERT/],
  [
    'WARNING: Retrying after connection broken by NewConnectionError: Temporary failure in name resolution\nERROR: No matching distribution found',
    /offline\?.*PIP_INDEX_URL/,
  ],
  ['ERROR: No matching distribution found for tensorflow-cpu==2.21.0', /no wheel of it for Python 3\.11\.7/],
  ['ERROR: Invalid requirement', /Mend what pip names/],
])('what stops pip is told by what it prints: %s', async (stderr, remedy) => {
  const machine = fakeProject().machine({ answer: (_command, args) => (args.includes('download') ? { status: 1, stderr } : undefined) });
  const failure: unknown = await installRuntime({}, machine).catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringMatching(remedy) as string });
  if (!stderr.includes('Retrying')) expect((failure as Error).message).not.toContain('offline');
});
