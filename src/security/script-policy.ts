/**
 * Which scripts a page or worker may start: files of its own origin. The Content-Security-Policy
 * says so too; Trusted Types refuse everything else that would turn text into code or markup, since
 * this policy, the only one there may be, has an answer for script addresses alone.
 */

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): unknown;
}

/** The address, made absolute. Throws TypeError where it is none of a file of the origin of `base`. */
export function ownScriptAddress(address: string, base: string): string {
  const url = new URL(address, base);
  const own = new URL(base);
  // A blob's origin is that of the page which made it.
  if (url.origin !== own.origin || url.protocol !== own.protocol) {
    throw new TypeError(`A script from elsewhere was refused: ${url.href.slice(0, 200)}`);
  }
  return url.href;
}

/**
 * To be called before the first worker starts, once in each page and in each worker that starts
 * others. It is the default policy, so that libraries which start workers pass it too.
 */
export function allowOwnScripts(): void {
  const { trustedTypes, location } = globalThis as unknown as {
    readonly trustedTypes?: PolicyFactory;
    readonly location: { readonly href: string };
  };
  trustedTypes?.createPolicy('default', {
    createScriptURL: (address) => ownScriptAddress(address, location.href),
  });
}
