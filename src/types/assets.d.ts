declare module '*?url' {
  const url: string;
  export default url;
}

/** Written by the build (scripts/theme-variables.ts). */
declare module 'virtual:theme-variables.css';
