/**
 * The headers the workbench is served with. The static server, the development server and the
 * built page's own policy element all take them from here.
 */

/** Cross-origin isolation: what a browser asks for before it hands out shared memory. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * `wasm-unsafe-eval` lets WebAssembly compile; `eval` stays blocked. `connect-src data:` is what
 * zstddec needs: it fetches its own module from a data URL. Trusted Types refuse markup and code
 * from text; `src/security/script-policy.ts` is the one policy there may be.
 */
const CONTENT_SECURITY_POLICY: readonly string[] = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self' blob: data:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
];

/** The policy for a `<meta>` element, which cannot carry `frame-ancestors`. */
export const PAGE_POLICY = CONTENT_SECURITY_POLICY.join('; ');

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${PAGE_POLICY}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};
