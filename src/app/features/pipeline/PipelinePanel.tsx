/** The recipe: its steps in order, what can be added, and running it. */
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { ActionButton } from '../../ActionButton.tsx';
import { ActionItems } from '../../ActionItems.tsx';
import { Icon } from '../../components/Icon.tsx';
import { AddStep } from './AddStep.tsx';
import { RunBar } from './RunBar.tsx';
import { StepList } from './StepList.tsx';
import styles from './pipeline.module.css';

export function PipelinePanel() {
  return (
    <section className={styles['panel']} aria-label="Recipe">
      <div className={styles['bar']}>
        <h2>Recipe</h2>
        <div className={styles['barActions']}>
          <PresetMenu />
          <ActionButton id="load-recipe">
            <Icon name="import" size={16} />
          </ActionButton>
          <ActionButton id="save-recipe">
            <Icon name="save" size={16} />
          </ActionButton>
        </div>
      </div>
      <div className={styles['scroll']}>
        <StepList />
        <AddStep />
      </div>
      <RunBar />
    </section>
  );
}

function PresetMenu() {
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Tooltip label="Presets">
          <ActionIcon aria-label="Presets">
            <Icon name="preset" size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Replace the recipe by a preset</Menu.Label>
        <ActionItems group="Preset" />
      </Menu.Dropdown>
    </Menu>
  );
}
