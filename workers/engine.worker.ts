/** Entry of the engine worker: one engine, its kernel threads, and the workbench over comlink. */
import { host } from '#host';
import { expose, transfer } from 'comlink';
import { createEngine } from '../src/engine/engine.ts';
import { Bug } from '../src/errors/errors.ts';
import { sendErrorsWhole } from '../src/errors/over-comlink.ts';
import { configureItkAssets } from '../src/io/formats/itk/assets.ts';
import { allowOwnScripts } from '../src/security/script-policy.ts';
import { createKernelHost } from '../src/wasm/kernel-host.ts';
import { type Declarations, loadDeclarations } from './declarations.ts';
import type { EngineApi } from './engine-api.ts';
import { createWorkbench } from './workbench.ts';

/** Step results kept for undo and re-runs: a quarter of the device's memory, at most 2 GiB. */
function cacheBudget(): number {
  const reported = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : 4;
  return Math.min(2, reported / 4) * 2 ** 30;
}

/** The built page has what operations declare in a file; the development server has not. */
declare const DECLARATIONS_FILE: string | undefined;

async function readDeclarations(): Promise<Declarations> {
  if (typeof DECLARATIONS_FILE === 'undefined') return loadDeclarations();
  const file = new URL(/* @vite-ignore */ `../${DECLARATIONS_FILE}`, self.location.href);
  const response = await fetch(file);
  if (!response.ok) throw new Bug('The declarations could not be fetched.', { file: file.href });
  return (await response.json()) as Declarations;
}

allowOwnScripts();
sendErrorsWhole();
configureItkAssets(new URL(/* @vite-ignore */ '../pipelines', self.location.href).href);
const engine = createEngine(host, createKernelHost(host), cacheBudget());
const workbench = createWorkbench(engine, host, readDeclarations, self.location.href);

const api: EngineApi = {
  ...workbench,
  // Pixels move instead of being copied; both are made for this one answer.
  slice: async (request) => {
    const slice = await workbench.slice(request);
    return transfer(slice, [slice.data.buffer]);
  },
  previewSlice: async (jobId, recipe, request) => {
    const slice = await workbench.previewSlice(jobId, recipe, request);
    return transfer(slice, [slice.data.buffer]);
  },
  preview: async (handle, maxEdge, scale) => {
    const preview = await workbench.preview(handle, maxEdge, scale);
    return transfer(preview, [preview.data.buffer]);
  },
  surface: async (...request) => {
    const surface = await workbench.surface(...request);
    const { positions, normals, triangles } = surface;
    return transfer(surface, [positions.buffer, normals.buffer, triangles.buffer]);
  },
};

expose(api);

/** The start is over by then. */
const LEFTOVERS_AFTER_MS = 3000;
setTimeout(() => {
  // Without a private file system there is nothing to remove.
  void import('../src/host/opfs-storage.ts')
    .then(({ removeLeftovers }) => removeLeftovers())
    .catch(() => undefined);
}, LEFTOVERS_AFTER_MS);
