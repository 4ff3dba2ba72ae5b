/** What the page and its service worker say to each other. */

/** To the worker: fetch every file for use without a network; replace the version before. */
export type PageMessage = 'keep files' | 'take over';

/** To the page: every file is there. */
export type ServiceWorkerMessage = 'kept';
