/** A table to take away: copied for a spreadsheet, or saved with all digits. */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ResultTable } from '../../declaration/results.ts';
import { tableCsv, tableJson, tableTsv } from '../../declaration/table-text.ts';
import { CopyTable } from './CopyTable.tsx';
import { saveFile } from './save-file.ts';

interface TakeTableProps {
  readonly table: ResultTable;
  /** Of the files' names, without the extension. */
  readonly stem: string;
}

export function TakeTable({ table, stem }: TakeTableProps) {
  const save = (extension: string, type: string, text: string): void =>
    saveFile(`${stem}.${extension}`, new Blob([text], { type }));
  return (
    <>
      <CopyTable text={tableTsv(table)} />
      <SaveButton
        label="CSV"
        onClick={() => save('csv', 'text/csv;charset=utf-8', tableCsv(table))}
      />
      <SaveButton label="JSON" onClick={() => save('json', 'application/json', tableJson(table))} />
    </>
  );
}

export function SaveButton({
  label,
  onClick,
}: {
  readonly label: string;
  readonly onClick: () => void;
}) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      leftSection={<IconDownload size={14} aria-hidden />}
      aria-label={`Save as ${label}`}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
