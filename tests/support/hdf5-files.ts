/** HDF5 files that the library itself writes, for tests. */
import { h5wasm } from 'h5wasm';

type Build = (file: InstanceType<typeof h5wasm.File>) => void;

export async function hdf5Bytes(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File('/made.h5', 'w');
  build(file);
  file.close();
  const bytes = FS.readFile('/made.h5').slice() as Uint8Array<ArrayBuffer>;
  FS.unlink('/made.h5');
  return bytes;
}
