/** Modules of vtk.js that come without types. */
declare module '@kitware/vtk.js/IO/Legacy/PolyDataReader.js' {
  interface PolyDataReader {
    parseAsText(text: string): void;
    getOutputData(): unknown;
  }
  const vtkPolyDataReader: { newInstance(): PolyDataReader };
  export default vtkPolyDataReader;
}
