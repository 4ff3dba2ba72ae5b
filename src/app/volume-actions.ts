/** What can be done with the 3-D view. */
import type { Action } from './action.ts';
import { action, needsSource, stateOf } from './declare-action.ts';
import { lookAtClipBox, recordOrbit, savePicture3d } from './orbit.ts';
import { facing, VIEW_DIRECTIONS } from './rendering/orbit-camera.ts';
import { CONTENTS_3D, type Content3d, useViewer } from './stores/viewer.ts';
import { shownVolumes } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

function needsVolumeView(workbench: Workbench): string | null {
  const missing = needsSource(workbench);
  if (missing !== null) return missing;
  return useViewer.getState().showVolume ? null : 'The 3-D view is off.';
}

function needsRest(workbench: Workbench): string | null {
  const recording = useViewer.getState().recording;
  return needsVolumeView(workbench) ?? (recording === null ? null : 'A turn is being recorded.');
}

function needsClipBox(workbench: Workbench): string | null {
  return (
    needsVolumeView(workbench) ??
    (useViewer.getState().display3d.clips ? null : 'Clip the 3-D view by a box first.')
  );
}

function needsContent(workbench: Workbench, content: Content3d): string | null {
  const { image, overlay } = shownVolumes(stateOf(workbench));
  if (content === 'grey') return image === null ? 'No grey values are shown.' : null;
  return overlay === null ? 'Segment the volume first: there are no labels.' : null;
}

export const VOLUME_ACTIONS: readonly Action[] = [
  action({
    id: 'volume-view',
    title: '3-D view',
    group: '3-D',
    icon: 'cube',
    keywords: 'show hide volume rendering',
    obstacle: needsSource,
    isOn: () => useViewer.getState().showVolume,
    run: () => {
      const { showVolume, setShowVolume } = useViewer.getState();
      setShowVolume(!showVolume);
    },
  }),
  ...CONTENTS_3D.map(({ id, title }) =>
    action({
      id: `content-3d-${id}`,
      title: `3-D: show ${title.toLowerCase()}`,
      group: '3-D',
      icon: 'cube',
      keywords: 'mesh isosurface area labels values volume rendering',
      obstacle: (workbench) => needsContent(workbench, id),
      isOn: () => useViewer.getState().content3d === id,
      run: () => useViewer.getState().setContent3d(id),
    }),
  ),
  action({
    id: 'cut-volume',
    title: 'Cut the 3-D view open at the crosshair',
    group: '3-D',
    icon: 'cube',
    keywords: 'clip section volume rendering',
    obstacle: needsSource,
    isOn: () => useViewer.getState().cut,
    run: () => useViewer.getState().toggleCut(),
  }),
  action({
    id: 'clip-volume',
    title: 'Clip the 3-D view by a box',
    group: '3-D',
    icon: 'cube',
    keywords: 'crop section plane volume rendering',
    obstacle: needsVolumeView,
    isOn: () => useViewer.getState().display3d.clips,
    run: () => {
      const { display3d, setDisplay3d } = useViewer.getState();
      setDisplay3d({ clips: !display3d.clips });
    },
  }),
  action({
    id: 'zoom-to-clip-box',
    title: '3-D: zoom to the clip box',
    group: '3-D',
    icon: 'maximise',
    obstacle: needsClipBox,
    run: lookAtClipBox,
  }),
  ...Object.entries(VIEW_DIRECTIONS).map(([id, direction]) =>
    action({
      id: `view-${id}`,
      title: `3-D: ${direction.title.replace(/^./, (letter) => letter.toLowerCase())}`,
      group: '3-D',
      icon: 'cube',
      keywords: 'camera direction front side top face',
      obstacle: needsVolumeView,
      run: () => {
        const { camera, setCamera } = useViewer.getState();
        setCamera(facing(camera, direction));
      },
    }),
  ),
  action({
    id: 'parallel-projection',
    title: '3-D: parallel projection',
    group: '3-D',
    icon: 'cube',
    keywords: 'perspective orthographic camera',
    obstacle: needsVolumeView,
    isOn: () => useViewer.getState().camera.parallel,
    run: () => {
      const { camera, setCamera } = useViewer.getState();
      setCamera({ ...camera, parallel: !camera.parallel });
    },
  }),
  action({
    id: 'orbit',
    title: '3-D: turn by itself',
    group: '3-D',
    icon: 'run',
    keywords: 'orbit animation rotate spin movie',
    obstacle: needsRest,
    isOn: () => useViewer.getState().orbiting,
    run: () => {
      const { orbiting, setOrbiting } = useViewer.getState();
      setOrbiting(!orbiting);
    },
  }),
  action({
    id: 'save-3d-picture',
    title: '3-D picture as PNG',
    shortTitle: '3-D picture as PNG',
    group: 'Export',
    icon: 'export',
    keywords: 'export save screenshot figure volume rendering',
    obstacle: needsRest,
    run: savePicture3d,
  }),
  action({
    id: 'record-orbit',
    title: '3-D turn as PNG frames (ZIP)',
    shortTitle: 'Turn as frames (ZIP)',
    group: 'Export',
    icon: 'export',
    keywords: 'export save orbit animation movie video rotate',
    obstacle: needsRest,
    run: recordOrbit,
  }),
];

/** Those that the 3-D view's settings offer. */
export const VIEW_ACTION_IDS: readonly string[] = [
  ...Object.keys(VIEW_DIRECTIONS).map((id) => `view-${id}`),
  'parallel-projection',
  'fit-views',
];
export const ORBIT_ACTION_IDS: readonly string[] = ['orbit', 'save-3d-picture', 'record-orbit'];
