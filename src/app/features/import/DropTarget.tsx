/** Takes files dropped anywhere on the page, and shows that they will be taken. */
import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { takeDroppedFiles } from '../../dropped-files.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { OpenProgress } from './OpenProgress.tsx';
import styles from './import.module.css';

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}

export function DropTarget() {
  const workspace = useWorkspace();
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      // Leaving an element for another one is not leaving the window.
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setIsOver(false);
      const { dataTransfer } = event;
      if (dataTransfer === null || !carriesFiles(event)) return;
      event.preventDefault();
      takeDroppedFiles(dataTransfer).then(
        (files) => workspace.openFiles(files),
        (error: unknown) => workspace.report('Reading the dropped files', error),
      );
    };
    window.addEventListener('dragenter', onDragOver);
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onDragLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onDragOver);
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onDragLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [workspace]);
  return (
    <>
      {isOver ? (
        <div className={styles['overlay']}>
          <IconFileImport size={48} stroke={1.2} aria-hidden />
          <p>Drop to open: a stack, a folder of slices, or a recipe</p>
        </div>
      ) : null}
      <BusyNotice />
    </>
  );
}

/** Opening another file while one is shown: the old one stays until the new one is read. */
function BusyNotice() {
  const { activity, isEmpty } = useWorkspaceState((state) => ({
    activity: state.activity,
    isEmpty: state.source === null,
  }));
  if (activity === null || activity.kind === 'run' || isEmpty) return null;
  return (
    <div className={styles['busy']}>
      <OpenProgress activity={activity} />
    </div>
  );
}
