/**
 * What went wrong and what the program did about it, until it is dismissed: in lines of their own
 * under the workbench, where they cover nothing.
 */
import { CloseButton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { hasWorkNews, useWork } from '../../stores/work/state.ts';
import { VersionNotice } from './VersionNotice.tsx';
import styles from './shell.module.css';

const WorkNotice = lazy(async () => ({ default: (await import('./WorkNotice.tsx')).WorkNotice }));

export function Messages() {
  const hasNews = useWork(hasWorkNews);
  const messages = useWorkspaceState((state) => state.messages);
  const workspace = useWorkspace();
  return (
    <section className={styles['messages']} aria-label="Messages" aria-live="polite">
      <VersionNotice />
      {hasNews ? (
        <Suspense fallback={null}>
          <WorkNotice />
        </Suspense>
      ) : null}
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
