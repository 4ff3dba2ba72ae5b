/** A symbol or an equation with its indices set low: "D_eff/D0" as a paper prints it. */
import { Fragment } from 'react';
import { formulaParts } from './formula.ts';

export function Formula({ text }: { readonly text: string }) {
  let offset = 0;
  return formulaParts(text).map(({ text: part, low }) => {
    const key = offset;
    offset += part.length;
    return low ? <sub key={key}>{part}</sub> : <Fragment key={key}>{part}</Fragment>;
  });
}
