/** Prints a document of its own through a hidden frame; whoever prints may save it as PDF there. */
import { parseOwnMarkup } from '../../components/own-markup.ts';

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

/** Resolves when every picture of the document is there, or cannot be had. */
async function picturesOf(page: Document): Promise<void> {
  const pictures = [...page.querySelectorAll('img, image')].map(
    (picture) =>
      new Promise<void>((resolve) => {
        picture.addEventListener('load', () => resolve(), { once: true });
        picture.addEventListener('error', () => resolve(), { once: true });
      }),
  );
  await Promise.all(pictures);
}

function takeOver(page: Window & typeof globalThis, html: Document, css: string): void {
  const sheet = new page.CSSStyleSheet();
  sheet.replaceSync(css);
  page.document.adoptedStyleSheets = [sheet];
  page.document.title = html.title;
  page.document.documentElement.lang = html.documentElement.lang;
  page.document.body.replaceWith(html.body);
}

/** Resolves when the browser's print dialog was opened. Scripts do not run in the frame. */
export async function printHtml(html: string): Promise<void> {
  const css: string[] = [];
  // The frame has the page's policy, which allows style sheets and no style elements.
  const bare = html.replace(/<style>([^<]*)<\/style>/g, (_, text: string) => {
    css.push(text);
    return '';
  });
  const parsed = await parseOwnMarkup(bare, 'text/html');
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
    document.body.append(frame);
  });
  const page = frame.contentWindow as (Window & typeof globalThis) | null;
  // Another report was printed meanwhile.
  if (page === null) return;
  const pictures = picturesOf(parsed);
  takeOver(page, parsed, css.join('\n'));
  await pictures;
  fitToPage(page.document);
  page.focus();
  page.print();
}
