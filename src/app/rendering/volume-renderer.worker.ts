/** The thread that draws the 3-D view. */
import { expose } from 'comlink';
import { Bug } from '../../errors/errors.ts';
import { sendErrorsWhole } from '../../errors/over-comlink.ts';
import { createVolumeRenderer, type VolumeRenderer } from './volume-renderer.ts';
import type { VolumeRendererApi } from './volume-scene.ts';

// vtk.js spreads the starts of rays at random; seeded, a scene gives the same picture each time.
let seed = 1;
Math.random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

// vtk.js makes a background image that this view never shows.
if (!('Image' in globalThis)) {
  Object.assign(globalThis, {
    Image: class {
      readonly style = {};
    },
  });
}

let renderer: VolumeRenderer | null = null;

const api: VolumeRendererApi = {
  start(canvas, report) {
    renderer = createVolumeRenderer(canvas, report);
    return { isSoftware: renderer.isSoftware };
  },
  change(part) {
    if (renderer === null) throw new Bug('The 3-D view was changed before it was started.');
    renderer.change(part);
  },
  picture(camera, size) {
    if (renderer === null)
      throw new Bug('The 3-D view was asked for a picture before it was started.');
    return renderer.picture(camera, size);
  },
};

sendErrorsWhole();
expose(api);
