/** What went wrong and what the program did about it, until it is dismissed. */
import { Notification } from '@mantine/core';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './shell.module.css';

const COLOURS = { error: 'red', warning: 'yellow', info: 'accent' } as const;

export function Messages() {
  const messages = useWorkspaceState((state) => state.messages);
  const workspace = useWorkspace();
  return (
    <section className={styles['messages']} aria-label="Messages" aria-live="polite">
      {messages.map((message) => (
        <Notification
          key={message.id}
          role={message.kind === 'error' ? 'alert' : 'status'}
          withBorder
          color={COLOURS[message.kind]}
          title={message.title}
          closeButtonProps={{ 'aria-label': `Dismiss: ${message.title}` }}
          onClose={() => workspace.dismiss(message.id)}
        >
          {message.text}
          {message.technical === '' ? null : (
            <details className={styles['technical']}>
              <summary>For a report</summary>
              <pre>{message.technical}</pre>
            </details>
          )}
        </Notification>
      ))}
    </section>
  );
}
