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

const OWN_SOURCES = "'self' blob: data:";

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
  `connect-src ${OWN_SOURCES}`,
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
];

/** The policy for a `<meta>` element, which cannot carry `frame-ancestors`. */
export const PAGE_POLICY = CONTENT_SECURITY_POLICY.join('; ');

/**
 * The engine worker alone reads files from other hosts, and only those that the user names: encrypted,
 * or on this machine. A worker's policy is that of its own file.
 */
const REMOTE_SOURCES = `${OWN_SOURCES} https: http://localhost:* http://127.0.0.1:*`;

function headersWith(policy: string): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

/** Headers by the source of a regular expression for the path; the first that matches holds. */
export const SECURITY_HEADERS: readonly {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}[] = [
  {
    path: String.raw`(^|/)engine\.worker-[^/]*\.js$`,
    headers: headersWith(
      PAGE_POLICY.replace(`connect-src ${OWN_SOURCES}`, `connect-src ${REMOTE_SOURCES}`),
    ),
  },
  { path: '', headers: headersWith(PAGE_POLICY) },
];

/** The headers of the file that is served under a path. */
export function securityHeadersFor(path: string): Readonly<Record<string, string>> {
  const rule = SECURITY_HEADERS.find((each) => new RegExp(each.path).test(path));
  return rule?.headers ?? {};
}
