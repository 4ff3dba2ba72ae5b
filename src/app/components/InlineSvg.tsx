import { useEffect, useRef } from 'react';

/** A figure of our own as part of the page, as large as what it stands in; names in it are escaped. */
export function InlineSvg(props: {
  readonly svg: string;
  readonly className?: string | undefined;
}) {
  const { svg, className } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
    parsed.setAttribute('width', '100%');
    parsed.setAttribute('height', '100%');
    host.current?.replaceChildren(parsed);
  }, [svg]);
  return <div ref={host} className={className} aria-hidden="true" />;
}
