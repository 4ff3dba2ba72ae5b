/** Every screen and dialog passes the accessibility checks, light and dark. */
import type { Page } from '@playwright/test';
import { violations } from './support/axe.ts';
import { openTwoPhases, saveTwoPhases } from './support/two-phases.ts';
import { VolumePage } from './pages/volume-page.ts';
import { WorkbenchPage } from './pages/workbench-page.ts';
import { expect, test } from './support/test.ts';

interface Opened {
  readonly action: string;
  readonly name: string;
}

/** Opens each dialog by its action, checks it and closes it. */
async function checkDialogs(
  page: Page,
  workbench: WorkbenchPage,
  dialogs: readonly Opened[],
): Promise<void> {
  for (const { action, name } of dialogs) {
    await workbench.do(action);
    const dialog = page.getByRole('dialog', { name });
    await expect(dialog).toBeVisible();
    expect(await violations(page), name).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the start, a grey volume, a run, empty tabs, the palette and dialogs: ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
    const workbench = new WorkbenchPage(page);
    await workbench.start();
    expect(await violations(page), 'start screen').toEqual([]);
    await workbench.openSample();
    expect(await violations(page), 'an open volume').toEqual([]);
    await checkDialogs(page, workbench, [
      { action: 'Generate a phantom', name: 'Generate a phantom' },
      { action: 'Keyboard shortcuts', name: 'Keyboard shortcuts' },
      { action: 'About Tauscope', name: 'About Tauscope' },
      { action: 'Set the voxel size', name: 'Voxel size' },
    ]);
    await page.keyboard.press('Control+k');
    await page.keyboard.press('ArrowDown');
    expect(await violations(page), 'palette').toEqual([]);
    await page.keyboard.press('Escape');
    for (const tab of await workbench.results.getByRole('tab').all()) {
      await tab.click();
      expect(await violations(page), `empty tab ${await tab.innerText()}`).toEqual([]);
    }

    await page.keyboard.press('Control+Enter');
    await expect(workbench.step('Non-local means')).toHaveAttribute('data-state', 'running');
    expect(await violations(page), 'a run').toEqual([]);
    await page.keyboard.press('Escape');
    await workbench.idle();
  });

  test(`results of two volumes, 3-D settings, corrections and figures: ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    const workbench = await openTwoPhases(page);
    await workbench.drop(await saveTwoPhases('other.nrrd'));
    const place = page.getByRole('dialog', { name: /^Open / });
    await expect(place).toBeVisible();
    expect(await violations(page), 'where a further volume goes').toEqual([]);
    await page.keyboard.press('Enter');
    await expect(place).toHaveCount(0);
    await workbench.do('Run the recipe on all volumes');
    await workbench.idle();
    for (const tab of await workbench.results.getByRole('tab').all()) {
      await tab.click();
      expect(await violations(page), `tab ${await tab.innerText()}`).toEqual([]);
    }
    await checkDialogs(page, workbench, [
      { action: 'Figure of the views', name: 'Save a figure' },
      { action: 'Name and state of', name: 'Volume' },
    ]);

    await workbench.do('3-D view');
    const volume = new VolumePage(page);
    await volume.drawn();
    for (const tab of ['Look', 'Clip', 'View'] as const) {
      await volume.open(tab);
      expect(await violations(page), `3-D settings: ${tab}`).toEqual([]);
    }
    await volume.close();
    await workbench.do('Correct labels');
    await expect(page.getByRole('group', { name: 'Correct labels' })).toBeVisible();
    expect(await violations(page), 'correcting labels').toEqual([]);
  });
}
