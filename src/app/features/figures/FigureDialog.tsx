/** Saves what the views show as a figure for print. */
import { Button, Checkbox, Modal, NativeSelect, NumberInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { saveFile } from '../../components/save-file.ts';
import { fileStem } from '../../file-stem.ts';
import { useDialog, useWorkbench } from '../../workbench-context.tsx';
import styles from './figures.module.css';
import { figureAsPng, figureAsSvg, takeFigure } from './take-views.ts';
import type { Background, FigureChoices } from './view-figure.ts';

const FIRST: FigureChoices = {
  view: 'xy',
  width: 85,
  dpi: 600,
  scaleBar: true,
  colourBar: false,
  labels: true,
  legend: true,
  crosshair: false,
  background: 'white',
};

const VIEWS: readonly { readonly value: FigureChoices['view']; readonly label: string }[] = [
  { value: 'xy', label: 'XY slice' },
  { value: 'xz', label: 'XZ slice' },
  { value: 'yz', label: 'YZ slice' },
  { value: 'slices', label: 'The three slices' },
  { value: '3d', label: '3-D view' },
  { value: 'all', label: 'Slices and 3-D view' },
];

const PARTS = [
  ['scaleBar', 'Scale bar'],
  ['labels', 'Names and positions'],
  ['legend', 'Phases'],
  ['colourBar', 'Colour bar'],
  ['crosshair', 'Crosshair'],
] as const;

const BACKGROUNDS: readonly Background[] = ['white', 'black', 'transparent'];
const WIDTH = { min: 20, max: 400 } as const;
const DPI = { min: 72, max: 1200 } as const;
/** Of the look at it in the dialog. */
const PREVIEW_DPI = 120;

export function FigureDialog() {
  const { opened, close } = useDialog('figure');
  return (
    <Modal opened={opened} onClose={close} title="Save a figure" size={640}>
      {opened ? <FigureForm onDone={close} /> : null}
    </Modal>
  );
}

function within(value: number | string, { min, max }: { min: number; max: number }): number {
  return Math.max(min, Math.min(max, Math.round(Number(value)) || min));
}

function FigureForm({ onDone }: { readonly onDone: () => void }) {
  const workbench = useWorkbench();
  const [choices, setChoices] = useState(FIRST);
  const change = (part: Partial<FigureChoices>): void => setChoices({ ...choices, ...part });
  const { address, problem } = useLook(choices);
  const save = async (kind: 'png' | 'svg'): Promise<void> => {
    const { source } = workbench.workspace.store.getState();
    const name = `${fileStem(source?.name ?? '')}-${choices.view}.${kind}`;
    try {
      const taken = await takeFigure(workbench, choices);
      const blob =
        kind === 'png'
          ? await figureAsPng(taken, choices)
          : new Blob([figureAsSvg(taken, choices)], { type: 'image/svg+xml' });
      saveFile(name, blob);
      onDone();
    } catch (error) {
      workbench.workspace.report('Figure', error);
    }
  };
  return (
    <div className={styles['form']}>
      <div className={styles['fields']}>
        <NativeSelect
          size="xs"
          label="View"
          data-autofocus
          data={[...VIEWS]}
          value={choices.view}
          onChange={(event) => change({ view: event.currentTarget.value as FigureChoices['view'] })}
        />
        <NumberInput
          size="xs"
          label="Width (mm)"
          {...WIDTH}
          value={choices.width}
          onChange={(value) => change({ width: within(value, WIDTH) })}
        />
        <NumberInput
          size="xs"
          label="Dots per inch"
          {...DPI}
          step={100}
          value={choices.dpi}
          onChange={(value) => change({ dpi: within(value, DPI) })}
        />
        <NativeSelect
          size="xs"
          label="Background"
          data={[...BACKGROUNDS]}
          value={choices.background}
          onChange={(event) => change({ background: event.currentTarget.value as Background })}
        />
        {PARTS.map(([part, label]) => (
          <Checkbox
            key={part}
            size="xs"
            label={label}
            checked={choices[part]}
            onChange={(event) => change({ [part]: event.currentTarget.checked })}
          />
        ))}
      </div>
      <div className={styles['look']} data-background={choices.background}>
        {problem !== null ? (
          <p role="status">{problem}</p>
        ) : address === null ? null : (
          <img src={address} alt="The figure as it will be saved" />
        )}
      </div>
      <div className={styles['actions']}>
        <Button variant="default" onClick={() => void save('svg')}>
          Save SVG
        </Button>
        <Button onClick={() => void save('png')}>Save PNG</Button>
      </div>
    </div>
  );
}

/** The figure in few pixels. */
function useLook(choices: FigureChoices) {
  const workbench = useWorkbench();
  const [look, setLook] = useState<{ address: string | null; problem: string | null }>({
    address: null,
    problem: null,
  });
  useEffect(() => {
    let isCurrent = true;
    const coarse = { ...choices, dpi: PREVIEW_DPI };
    takeFigure(workbench, coarse)
      .then((taken) => figureAsPng(taken, coarse))
      .then(
        (png) => {
          if (isCurrent) setLook({ address: URL.createObjectURL(png), problem: null });
        },
        (error: unknown) => {
          if (!isCurrent) return;
          setLook({
            address: null,
            problem: error instanceof Error ? error.message : String(error),
          });
        },
      );
    return () => {
      isCurrent = false;
    };
  }, [workbench, choices]);
  const { address } = look;
  useEffect(
    () => () => {
      if (address !== null) URL.revokeObjectURL(address);
    },
    [address],
  );
  return look;
}
