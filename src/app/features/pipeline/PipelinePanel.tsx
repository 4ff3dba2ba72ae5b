/** The recipe: its steps in order, what can be added, and running it. */
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconDeviceFloppy, IconFolderOpen, IconTemplate } from '@tabler/icons-react';
import { pickFiles } from '../../dropped-files.ts';
import { PRESETS } from '../../../recipe/presets.ts';
import { useWorkspace } from '../../workbench-context.tsx';
import { AddStep } from './AddStep.tsx';
import { RunBar } from './RunBar.tsx';
import { StepList } from './StepList.tsx';
import styles from './pipeline.module.css';

export function PipelinePanel() {
  return (
    <section className={styles['panel']} aria-label="Recipe">
      <div className={styles['bar']}>
        <h2>Recipe</h2>
        <RecipeMenu />
      </div>
      <div className={styles['scroll']}>
        <StepList />
        <AddStep />
      </div>
      <RunBar />
    </section>
  );
}

function RecipeMenu() {
  const workspace = useWorkspace();
  const load = async (): Promise<void> => {
    const files = await pickFiles('files');
    if (files.length > 0) await workspace.openFiles(files);
  };
  return (
    <div className={styles['barActions']}>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <Tooltip label="Presets">
            <ActionIcon aria-label="Presets">
              <IconTemplate size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Replace the recipe by a preset</Menu.Label>
          {PRESETS.map((preset) => (
            <Menu.Item key={preset.id} onClick={() => workspace.applyPreset(preset)}>
              {preset.title}
              <small className={styles['menuNote']}>{preset.summary}</small>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label="Load a recipe (or drop its file)">
        <ActionIcon aria-label="Load a recipe" onClick={() => void load()}>
          <IconFolderOpen size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Save the recipe (Ctrl+S)">
        <ActionIcon aria-label="Save the recipe" onClick={workspace.saveRecipe}>
          <IconDeviceFloppy size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
