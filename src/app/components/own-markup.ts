/**
 * Figures and reports of our own as documents. The page's policy refuses markup from text; a document
 * that is fetched has no scripts and is no page, and what is taken over from it is checked.
 */
import { Bug } from '../../errors/errors.ts';

const ACTIVE = 'script, iframe, frame, object, embed, foreignObject, form, base, link, a[href]';

/** Whether an element could run something or lead away. */
function isActive(element: Element): boolean {
  return (
    element.matches(ACTIVE) ||
    element.getAttributeNames().some((name) => /^on|^srcdoc$|^formaction$/i.test(name))
  );
}

/** Throws Bug where the markup holds anything active. */
export async function parseOwnMarkup(
  markup: string,
  type: 'image/svg+xml' | 'text/html',
): Promise<Document> {
  const address = URL.createObjectURL(new Blob([markup], { type: `${type};charset=utf-8` }));
  try {
    const parsed = await new Promise<Document | null>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('GET', address);
      request.responseType = 'document';
      request.addEventListener('load', () => resolve(request.responseXML));
      request.addEventListener('error', () => reject(new Bug('A figure could not be read.')));
      request.send();
    });
    if (parsed === null) throw new Bug('A figure is no valid document.');
    if ([...parsed.querySelectorAll('*')].some(isActive)) {
      throw new Bug('A figure holds what could run.');
    }
    return parsed;
  } finally {
    URL.revokeObjectURL(address);
  }
}
