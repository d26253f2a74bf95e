/** Libraries that can be asked for by name. */
export const blasNames = ['openblas', 'mkl', 'blis', 'accelerate'] as const
export type BlasName = (typeof blasNames)[number]

/** The machine that files are named for: `process.platform` and `process.arch`. */
export interface Machine {
  readonly platform: string
  readonly architecture: string
}

/**
 * The files that a library may be found in, most likely first: bare names, which the system's loader looks up, then
 * places that it does not search. Empty where the library does not exist.
 */
export function blasFiles(name: BlasName, { platform, architecture }: Machine): readonly string[] {
  if (platform === 'darwin') return darwinFiles[name]
  if (platform === 'win32') return windowsFiles[name]
  // Where Debian keeps those that no link in the loader's path leads to.
  const folder = `/usr/lib/${debianFolders[architecture] ?? architecture}`
  return {
    openblas: [
      'libopenblas.so.0',
      'libopenblas.so',
      `${folder}/openblas-pthread/libopenblas.so.0`,
      `${folder}/openblas-openmp/libopenblas.so.0`,
      `${folder}/openblas-serial/libopenblas.so.0`,
      'libopenblasp.so.0',
      'libopenblas.so.3',
    ],
    mkl: [
      'libmkl_rt.so.2',
      'libmkl_rt.so.1',
      'libmkl_rt.so',
      '/opt/intel/oneapi/mkl/latest/lib/libmkl_rt.so.2',
    ],
    blis: ['libblis.so.4', 'libblis.so', `${folder}/blis-pthread/libblis.so.4`, 'libblis-mt.so'],
    accelerate: [],
  }[name]
}

const debianFolders: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
}

const darwinFiles: Readonly<Record<BlasName, readonly string[]>> = {
  // Homebrew links neither into the loader's path.
  openblas: [
    'libopenblas.dylib',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  mkl: ['libmkl_rt.2.dylib', 'libmkl_rt.dylib', '/opt/intel/oneapi/mkl/latest/lib/libmkl_rt.2.dylib'],
  blis: [
    'libblis.dylib',
    '/opt/homebrew/opt/blis/lib/libblis.dylib',
    '/usr/local/opt/blis/lib/libblis.dylib',
  ],
  accelerate: ['/System/Library/Frameworks/Accelerate.framework/Accelerate'],
}

const windowsFiles: Readonly<Record<BlasName, readonly string[]>> = {
  openblas: ['libopenblas.dll', 'openblas.dll'],
  mkl: ['mkl_rt.2.dll', 'mkl_rt.1.dll', 'mkl_rt.dll'],
  blis: ['libblis.dll', 'AOCL-LibBlis-Win-MT-dll.dll'],
  accelerate: [],
}
