/**
 * Where the itk-wasm pipelines are served. The address carries the package's version, so that a
 * cached pipeline never meets other code than its own.
 */
import { Bug } from '../../../errors/errors.ts';

export const ITK_IMAGE_IO_VERSION = '1.6.1';

/** Folder of the pipelines under the site's root; `scripts/copy-itk-assets.ts` fills it. */
export const ITK_ASSETS_FOLDER = `pipelines/image-io-${ITK_IMAGE_IO_VERSION}`;

/** The pipelines that are used; each is a `.js` and a `.wasm.zst` file. */
export const ITK_PIPELINES = ['mrc-read-image', 'vtk-read-image'] as const;

export type ItkPipeline = (typeof ITK_PIPELINES)[number];

let pipelinesUrl: string | null = null;

/**
 * Sets the `pipelines` folder of the site, which holds `image-io-<version>`, unless `folder` names
 * another: an absolute http(s) URL in a browser, a file URL in Node. It must be called before the
 * first read, since itk-wasm keeps a failed load for ever.
 */
export function configureItkAssets(
  baseUrl: string,
  folder = `image-io-${ITK_IMAGE_IO_VERSION}`,
): void {
  const url = new URL(baseUrl);
  if (!['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw new Bug('configureItkAssets: the URL is not http, https or file', { baseUrl });
  }
  pipelinesUrl = `${url.href.replace(/\/+$/, '')}/${folder}`;
}

/** Folder of the pipelines. In Node the installed package is the default; a browser has none. */
export function itkAssetsUrl(): string {
  if (pipelinesUrl !== null) return pipelinesUrl;
  if ('process' in globalThis && typeof import.meta.resolve === 'function') {
    return new URL('pipelines', import.meta.resolve('@itk-wasm/image-io')).href;
  }
  throw new Bug('configureItkAssets was not called before the first read');
}
