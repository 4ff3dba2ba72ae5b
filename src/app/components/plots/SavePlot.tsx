/** Saves a plot for print: black on white at a width and density that journals ask for. */
import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { PlotFigure } from '../../../figures/plot-figure.ts';
import { layoutPlot, PRINT_WIDTHS, printLook } from '../../../figures/plot-layout.ts';
import { plotSvg } from '../../../figures/plot-svg.ts';
import { DEFAULT_DPI, rasterise } from '../rasterise.ts';
import { saveFile } from '../save-file.ts';
import { SaveButton } from '../TakeTable.tsx';
import styles from './plot.module.css';

const WIDTHS = [
  { value: String(PRINT_WIDTHS.column), label: `${PRINT_WIDTHS.column} mm` },
  { value: String(PRINT_WIDTHS.page), label: `${PRINT_WIDTHS.page} mm` },
];
const DENSITIES = ['300', '600', '1200'].map((value) => ({ value, label: `${value} dpi` }));

export function SavePlot({ figure, stem }: { readonly figure: PlotFigure; readonly stem: string }) {
  const [width, setWidth] = useState<number>(PRINT_WIDTHS.column);
  const [dpi, setDpi] = useState(DEFAULT_DPI);
  const look = printLook(width);
  const save = async (): Promise<void> => {
    const layout = layoutPlot(figure, look);
    const size = { width: layout.width / 10, height: layout.height / 10 };
    saveFile(`${stem}.png`, await rasterise(plotSvg(figure, look), size, dpi));
  };
  return (
    <>
      <NativeSelect
        size="xs"
        className={styles['choice'] ?? ''}
        aria-label="Width of the saved plot"
        data={WIDTHS}
        value={String(width)}
        onChange={(event) => setWidth(Number(event.currentTarget.value))}
      />
      <NativeSelect
        size="xs"
        className={styles['choice'] ?? ''}
        aria-label="Density of the saved PNG"
        data={DENSITIES}
        value={String(dpi)}
        onChange={(event) => setDpi(Number(event.currentTarget.value))}
      />
      <SaveButton
        label="SVG"
        onClick={() =>
          saveFile(`${stem}.svg`, new Blob([plotSvg(figure, look)], { type: 'image/svg+xml' }))
        }
      />
      <SaveButton label="PNG" onClick={() => void save()} />
    </>
  );
}
