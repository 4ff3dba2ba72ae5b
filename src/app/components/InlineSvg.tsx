import { useEffect, useRef } from 'react';
import { parseOwnMarkup } from './own-markup.ts';

/** A figure of our own as part of the page, as large as what it stands in; names in it are escaped. */
export function InlineSvg(props: {
  readonly svg: string;
  readonly className?: string | undefined;
}) {
  const { svg, className } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isCurrent = true;
    void parseOwnMarkup(svg, 'image/svg+xml').then(({ documentElement: figure }) => {
      if (!isCurrent) return;
      figure.setAttribute('width', '100%');
      figure.setAttribute('height', '100%');
      host.current?.replaceChildren(figure);
    });
    return () => {
      isCurrent = false;
    };
  }, [svg]);
  return <div ref={host} className={className} aria-hidden="true" />;
}
