/** Adds an operation: those that fit what reaches the end of the recipe, by family. */
import { Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Fragment } from 'react';
import { addStep, freeStepId } from '../../../recipe/edit.ts';
import { fitsKind, kindBefore, type OperationDescriptor } from '../../stores/recipe-status.ts';
import { currentRecipe, INPUT } from '../../stores/workspace.ts';
import { useSteps, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { FAMILIES } from './families.ts';
import styles from './pipeline.module.css';

export function AddStep() {
  const workspace = useWorkspace();
  const steps = useSteps();
  const { operations, source, selected } = useWorkspaceState((state) => ({
    operations: state.engine?.operations ?? null,
    source: state.source,
    selected: state.selected,
  }));
  if (operations === null) return null;

  // After the selected step; the first place where it fits, else the end.
  const selectedIndex = steps.findIndex(({ step }) => step.id === selected);
  const after = selectedIndex < 0 ? (selected === INPUT ? 0 : steps.length) : selectedIndex + 1;
  const places = [steps.length, after].filter((place) => place <= steps.length);
  const placeFor = (operation: OperationDescriptor): number | undefined =>
    places.find((place) => fitsKind(operation, kindBefore(steps, source, place)));

  const add = (operation: OperationDescriptor, index: number): void => {
    const id = freeStepId(currentRecipe(workspace.store.getState()), operation.id);
    workspace.edit(`Add ${operation.title}`, (recipe) =>
      addStep(recipe, { operation: operation.id, version: operation.version }, index),
    );
    workspace.select(id);
  };

  return (
    <div className={styles['add']}>
      <Menu position="right-end" width={300}>
        <Menu.Target>
          <Button
            fullWidth
            variant="subtle"
            justify="flex-start"
            leftSection={<IconPlus size={15} aria-hidden />}
          >
            Add step
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="60vh" className={styles['addMenu']}>
          {FAMILIES.map(([family, title]) => {
            const fitting = operations.flatMap((operation) => {
              const place = operation.family === family ? placeFor(operation) : undefined;
              return place === undefined ? [] : [{ operation, place }];
            });
            if (fitting.length === 0) return null;
            return (
              <Fragment key={family}>
                <Menu.Label>{title}</Menu.Label>
                {fitting.map(({ operation, place }) => (
                  <Menu.Item key={operation.id} onClick={() => add(operation, place)}>
                    {operation.title}
                    <small className={styles['menuNote']}>{operation.summary}</small>
                  </Menu.Item>
                ))}
              </Fragment>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
