/** The resizable panels of the workbench; sizes are remembered. */
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import {
  Group,
  type Layout,
  type LayoutChangedMeta,
  Panel,
  Separator,
} from 'react-resizable-panels';
import { HistogramPanel } from './features/histogram/index.ts';
import { Inspector, PipelinePanel, useIntervalsOfSelected } from './features/pipeline/index.ts';
import { ResultsPanel, ResultsStrip } from './features/results/index.ts';
import { MeasureTab, Viewer } from './features/viewer/index.ts';
import { VolumesPanel } from './features/volumes/index.ts';
import { ShownBar } from './features/pipeline/index.ts';
import styles from './app.module.css';
import { hiddenPanels, ROOM_FOR_RESULTS, type SidePanel } from './stores/preferences.ts';
import { shownVolumes } from './stores/workspace.ts';
import { usePreferences, useWorkbench, useWorkspaceState } from './workbench-context.tsx';

function RememberedGroup(props: {
  readonly id: string;
  readonly orientation: 'horizontal' | 'vertical';
  /** Panels of the group that are hidden now: each set has sizes of its own. */
  readonly hidden: readonly SidePanel[];
  readonly children: ReactNode;
}) {
  const { preferences } = useWorkbench();
  const key = [props.id, ...props.hidden].join(' without ');
  const kept = usePreferences((state) => state.panels[key]);
  const remember = (layout: Layout, meta: LayoutChangedMeta): void => {
    if (!meta.isUserInteraction) return;
    preferences.setState((state) => ({ panels: { ...state.panels, [key]: layout } }));
  };
  return (
    <Group
      id={props.id}
      className={styles['group']}
      orientation={props.orientation}
      {...(kept === undefined ? {} : { defaultLayout: { ...kept } })}
      onLayoutChanged={remember}
    >
      {props.children}
    </Group>
  );
}

/** Pixels of a panel that takes a share of the window until it is wide enough. */
function upTo(share: number, most: number, direction: 'width' | 'height'): number {
  const whole = direction === 'width' ? window.innerWidth : window.innerHeight;
  return Math.min(share * whole, most);
}

const LAYOUT_AT_ONCE = { getInitialValueInEffect: false } as const;

function Grip({
  label,
  orientation,
}: {
  readonly label: string;
  readonly orientation: 'row' | 'column';
}) {
  return <Separator className={styles['grip']} data-grip={orientation} aria-label={label} />;
}

/** Apart, since a handle that is dragged draws it again with every movement. */
function HistogramSection() {
  const { client } = useWorkbench();
  const image = useWorkspaceState((state) => shownVolumes(state).image);
  const { intervals, change } = useIntervalsOfSelected();
  return (
    <section className={styles['panel']} aria-label="Histogram">
      <HistogramPanel
        client={client}
        image={image}
        intervals={intervals}
        onIntervalsChange={change}
      />
    </section>
  );
}

export function WorkbenchPanels() {
  const { client } = useWorkbench();
  const { image, overlay } = useWorkspaceState(shownVolumes);
  // Sizes are read when a group mounts; a reset mounts it anew.
  const isReset = usePreferences((state) => Object.keys(state.panels).length === 0);
  const chosen = usePreferences((state) => state.hidden);
  const isLow = useMediaQuery(`(max-height: ${ROOM_FOR_RESULTS - 1}px)`, false, LAYOUT_AT_ONCE);
  const hidden = hiddenPanels({ hidden: chosen }, isLow ? 0 : Number.POSITIVE_INFINITY);
  const hiddenOf = (panels: readonly SidePanel[]) =>
    panels.filter((panel) => hidden.includes(panel));
  const isShown = (panel: SidePanel): boolean => !hidden.includes(panel);
  return (
    <main className={styles['main']} key={isReset ? 'default' : 'kept'}>
      <RememberedGroup id="columns" orientation="horizontal" hidden={hiddenOf(['left', 'right'])}>
        {isShown('left') ? (
          <>
            <Panel id="pipeline" defaultSize={upTo(0.19, 380, 'width')} minSize={210}>
              <div className={styles['column']}>
                <VolumesPanel />
                <div className={styles['rest']}>
                  <PipelinePanel />
                </div>
              </div>
            </Panel>
            <Grip label="Width of the recipe panel" orientation="column" />
          </>
        ) : null}
        <Panel id="centre" minSize={320}>
          <div className={styles['column']}>
            <div className={styles['rest']}>
              <RememberedGroup
                id="centre-rows"
                orientation="vertical"
                hidden={hiddenOf(['bottom'])}
              >
                <Panel id="viewer" minSize={160}>
                  <div className={styles['viewer']}>
                    <ShownBar />
                    <div className={styles['views']}>
                      <Viewer client={client} image={image} overlay={overlay} />
                    </div>
                  </div>
                </Panel>
                {isShown('bottom') ? (
                  <>
                    <Grip label="Height of the results" orientation="row" />
                    <Panel id="results" defaultSize={upTo(0.37, 440, 'height')} minSize={64}>
                      <ResultsPanel measures={<MeasureTab />} />
                    </Panel>
                  </>
                ) : null}
              </RememberedGroup>
            </div>
            {isShown('bottom') ? null : <ResultsStrip />}
          </div>
        </Panel>
        {isShown('right') ? (
          <>
            <Grip label="Width of the histogram and parameters" orientation="column" />
            <Panel id="right" defaultSize={upTo(0.23, 480, 'width')} minSize={260}>
              <RememberedGroup id="right-rows" orientation="vertical" hidden={[]}>
                <Panel id="histogram" defaultSize={upTo(0.34, 400, 'height')} minSize={120}>
                  <HistogramSection />
                </Panel>
                <Grip label="Height of the histogram" orientation="row" />
                <Panel id="inspector" minSize={120}>
                  <Inspector />
                </Panel>
              </RememberedGroup>
            </Panel>
          </>
        ) : null}
      </RememberedGroup>
    </main>
  );
}
