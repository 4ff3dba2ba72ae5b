/** Pictures of the 3-D view as files: one, or a whole turn frame by frame. */
import { stateOf, stemOf } from './declare-action.ts';
import { saveFile } from './components/save-file.ts';
import { relativeSpacing } from '../volume/length.ts';
import { lookingAt, turned } from './rendering/orbit-camera.ts';
import { relativeExtent } from './rendering/volume-outline.ts';
import { currentVolumeView } from './rendering/volume-view.ts';
import { shownClipBox } from './stores/display-3d.ts';
import { useViewer } from './stores/viewer.ts';
import { shownVolumes } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

/** Frames of a turn: 5 degrees each. */
const FRAMES = 72;

/** Turns the camera to what is left of the volume and fits it. */
export function lookAtClipBox(workbench: Workbench): void {
  const { image, overlay } = shownVolumes(stateOf(workbench));
  const volume = image ?? overlay;
  if (volume === null) return;
  const { camera, display3d, crosshair, setCamera } = useViewer.getState();
  const extent = relativeExtent(volume.size, relativeSpacing(volume.spacing));
  setCamera(lookingAt(camera, shownClipBox(display3d, crosshair, volume.size), extent));
}

export function savePicture3d(workbench: Workbench): void {
  const { camera } = useViewer.getState();
  currentVolumeView()
    ?.picture(camera)
    .then(
      (picture) => saveFile(`${stemOf(workbench)}-3d.png`, picture),
      (error: unknown) => workbench.workspace.report('The picture could not be saved', error),
    );
}

/** Draws a full turn and saves its frames; the view goes back to where it was. */
export function recordOrbit(workbench: Workbench): void {
  record(workbench).catch((error: unknown) =>
    workbench.workspace.report('The turn could not be recorded', error),
  );
}

async function record(workbench: Workbench): Promise<void> {
  const view = currentVolumeView();
  if (view === null) return;
  const { camera, setRecording, setOrbiting, setCamera } = useViewer.getState();
  setOrbiting(false);
  const files: Record<string, Uint8Array> = {};
  setRecording(0);
  try {
    for (let frame = 0; frame < FRAMES; frame++) {
      const picture = await view.picture(turned(camera, (360 * frame) / FRAMES, 0));
      // Put an end to by the user.
      if (useViewer.getState().recording === null) return;
      const name = `frame-${String(frame).padStart(3, '0')}.png`;
      files[name] = new Uint8Array(await picture.arrayBuffer());
      setRecording((frame + 1) / FRAMES);
    }
    const { zipSync } = await import('fflate');
    // PNG is packed already.
    const zip = zipSync(files, { level: 0 });
    saveFile(`${stemOf(workbench)}-3d-turn.zip`, new Blob([zip], { type: 'application/zip' }));
  } finally {
    setRecording(null);
    setCamera({ ...camera });
  }
}
