/**
 * Mantine's variables for the theme as a style sheet of the build. Its provider would write them into
 * a style element of the page, which the page's policy refuses.
 */
import {
  convertCssVariables,
  DEFAULT_THEME,
  deepMerge,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core';
import type { Plugin } from 'vite';
import { resolveVariables, THEME } from '../src/app/theme.ts';

const ID = 'virtual:theme-variables.css';

/** Those that differ from Mantine's own, which its style sheet has. */
export function themeVariablesCss(): string {
  const theme = mergeMantineTheme(DEFAULT_THEME, THEME);
  const all = deepMerge(defaultCssVariablesResolver(theme), resolveVariables(theme));
  const usual = defaultCssVariablesResolver(DEFAULT_THEME);
  const changed = (kind: keyof typeof all): Record<string, string> => {
    const known: Readonly<Record<string, string>> = usual[kind];
    return Object.fromEntries(
      Object.entries(all[kind]).filter(([name, value]) => known[name] !== value),
    );
  };
  return convertCssVariables(
    { variables: changed('variables'), light: changed('light'), dark: changed('dark') },
    ':root',
  );
}

/** Mantine's own writers of style elements, which the page does not use. */
const UNUSED = /\/Mantine(CssVariables|Classes)\.mjs$/;

/** Answers the import of `virtual:theme-variables.css`, and leaves out what it stands for. */
export function themeVariables(): Plugin {
  return {
    name: 'theme-variables',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id === `\0${ID}`) return themeVariablesCss();
      const [, name] = UNUSED.exec(id) ?? [];
      return name === undefined ? null : `export const Mantine${name} = () => null;`;
    },
  };
}
