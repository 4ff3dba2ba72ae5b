/** What the program is. */
import { Anchor, Modal } from '@mantine/core';
import { Formula } from '../../components/Formula.tsx';
import { useInstallation } from '../../stores/installation.ts';
import { useDialog, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './shell.module.css';

export function AboutDialog() {
  const { opened, close } = useDialog('about');
  const worksOffline = useInstallation((state) => state.worksOffline);
  const engine = useWorkspaceState((state) => state.engine);
  return (
    <Modal opened={opened} onClose={close} title="About Tauscope" size={480}>
      <p>
        Tauscope {engine?.version ?? ''} turns a tomography stack into volume fractions, percolation
        and tortuosity factors. The computation runs in this page: no voxel leaves the machine.
      </p>
      <p>
        The tortuosity factor is{' '}
        <span className={styles['equation']}>
          <Formula text="τ = ε · D0 / D_eff" />
        </span>
        , with ε the volume fraction of the conducting phase. The command line gives the same bits
        as this page.
      </p>
      <p>
        {worksOffline
          ? 'Every file of the program is kept by this browser: it opens without a network.'
          : 'The program opens without a network once the browser has kept its files.'}
      </p>
      <p>
        Free software under the{' '}
        <Anchor href="https://www.apache.org/licenses/LICENSE-2.0" target="_blank" rel="noreferrer">
          Apache License 2.0
        </Anchor>
        .
      </p>
    </Modal>
  );
}
