/** Entry of one kernel thread in the browser: serves one session after the other. */
import { type ServeMessage, serveSession } from '../src/wasm/kernel-thread.ts';

self.onmessage = (event: MessageEvent<ServeMessage>) => {
  serveSession(event.data);
};
