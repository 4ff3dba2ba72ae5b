/** Prints a document of its own through a hidden frame; whoever prints may save it as PDF there. */

/** A4 within the report's margins, in CSS pixels. */
const PAGE_HEIGHT = ((297 - 20) / 25.4) * 96;
const PAGE_WIDTH = (190 / 25.4) * 96;
/** Smaller than this is not read any more: then it goes on to another page. */
const LEAST_SCALE = 0.72;

let last: HTMLIFrameElement | null = null;

/** Shrinks what is a little longer than a page to one page. */
function fitToPage(page: Document): void {
  const { body } = page;
  const scale = PAGE_HEIGHT / body.scrollHeight;
  if (scale < 1 && scale >= LEAST_SCALE) body.style.zoom = String(Math.floor(scale * 100) / 100);
}

/** Resolves when the browser's print dialog was opened. Scripts do not run in the frame. */
export async function printHtml(html: string): Promise<void> {
  last?.remove();
  const frame = document.createElement('iframe');
  last = frame;
  frame.title = 'Report';
  frame.setAttribute('sandbox', 'allow-same-origin allow-modals');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  frame.style.cssText = `position:fixed;right:100%;bottom:100%;width:${PAGE_WIDTH}px;height:${PAGE_HEIGHT}px;border:0;visibility:hidden`;
  await new Promise<void>((resolve) => {
    frame.addEventListener('load', () => resolve(), { once: true });
    frame.srcdoc = html;
    document.body.append(frame);
  });
  const page = frame.contentDocument;
  if (page !== null) fitToPage(page);
  frame.contentWindow?.focus();
  frame.contentWindow?.print();
}
