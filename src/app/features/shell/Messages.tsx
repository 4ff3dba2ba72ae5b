/**
 * What went wrong and what the program did about it, until it is dismissed: in lines of their own
 * under the workbench, where they cover nothing.
 */
import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { VersionNotice } from './VersionNotice.tsx';
import styles from './shell.module.css';

export function Messages() {
  const messages = useWorkspaceState((state) => state.messages);
  const workspace = useWorkspace();
  return (
    <section className={styles['messages']} aria-label="Messages" aria-live="polite">
      <VersionNotice />
      {messages.map((message) => {
        const Mark = message.kind === 'info' ? IconInfoCircle : IconAlertTriangle;
        return (
          <div
            key={message.id}
            className={styles['message']}
            data-kind={message.kind}
            role={message.kind === 'error' ? 'alert' : 'status'}
          >
            <Mark size={16} aria-hidden />
            <div className={styles['messageText']}>
              <strong>{message.title}</strong> {message.text}
              {message.technical === '' ? null : (
                <details className={styles['technical']}>
                  <summary>For a report</summary>
                  <pre>{message.technical}</pre>
                </details>
              )}
            </div>
            <CloseButton
              size="sm"
              aria-label={`Dismiss: ${message.title}`}
              onClick={() => workspace.dismiss(message.id)}
            />
          </div>
        );
      })}
    </section>
  );
}
