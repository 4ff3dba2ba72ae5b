/**
 * Where the itk-wasm pipelines are served. The address carries the package's version, so that a
 * cached pipeline never meets other code than its own.
 */
import { Bug } from '../../../errors/errors.ts';

/** The packages (`@itk-wasm/…`) and their pipelines in use; each is a `.js` and a `.wasm.zst` file. */
export const ITK_PACKAGES = {
  'image-io': { version: '1.6.1', pipelines: ['mrc-read-image', 'vtk-read-image'] },
  'morphological-contour-interpolation': {
    version: '2.0.0',
    pipelines: ['morphological-contour-interpolation'],
  },
} as const;

export type ItkPackage = keyof typeof ITK_PACKAGES;
export type ItkPipeline = (typeof ITK_PACKAGES)[ItkPackage]['pipelines'][number];

/** Folder of a package's pipelines in the site's `pipelines`; `scripts/copy-itk-assets.ts` fills it. */
export function itkFolder(name: ItkPackage): string {
  return `${name}-${ITK_PACKAGES[name].version}`;
}

export function packageOf(pipeline: ItkPipeline): ItkPackage {
  const names = Object.keys(ITK_PACKAGES) as ItkPackage[];
  const found = names.find((name) =>
    (ITK_PACKAGES[name].pipelines as readonly string[]).includes(pipeline),
  );
  if (found === undefined) throw new Bug('No itk-wasm package has this pipeline.', { pipeline });
  return found;
}

let served: ((name: ItkPackage) => string) | null = null;

/**
 * Sets the folder that holds each package's pipelines in the folder that `folderOf` names: an
 * absolute http(s) URL in a browser, a file URL in Node. It must be called before the first read,
 * since itk-wasm keeps a failed load for ever.
 */
export function configureItkAssets(
  baseUrl: string,
  folderOf: (name: ItkPackage) => string = itkFolder,
): void {
  const url = new URL(baseUrl);
  if (!['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw new Bug('configureItkAssets: the URL is not http, https or file', { baseUrl });
  }
  served = (name) => `${url.href.replace(/\/+$/, '')}/${folderOf(name)}`;
}

function installed(name: ItkPackage): string {
  switch (name) {
    case 'image-io':
      return import.meta.resolve('@itk-wasm/image-io');
    case 'morphological-contour-interpolation':
      return import.meta.resolve('@itk-wasm/morphological-contour-interpolation');
  }
}

/** Folder of the pipelines. In Node the installed package is the default; a browser has none. */
export function itkAssetsUrl(name: ItkPackage): string {
  if (served !== null) return served(name);
  if ('process' in globalThis && typeof import.meta.resolve === 'function') {
    return new URL('pipelines', installed(name)).href;
  }
  throw new Bug('configureItkAssets was not called before the first read');
}
