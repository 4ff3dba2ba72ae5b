/**
 * Who may import whom. The table itself stands in scripts/import-rules.json, from where it is also
 * printed into docs/guide/architecture.md; here it becomes rules.
 */
const layers = require('./scripts/import-rules.json');

const TESTS = '\\.test\\.tsx?$';
const FEATURE_DOOR = '^src/app/features/[^/]+/index\\.ts$';
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const anyFolder = (folders) => `^(${folders.map(escape).join('|')})/`;
const anyPackage = (names) => `(^|/)node_modules/(${names.map(escape).join('|')})/`;
const everyLayer = anyFolder(layers.map((layer) => layer.folder));

function rulesOf({ folder, imports, types = [], packages, node = false }) {
  const from = { path: `^${escape(folder)}/`, pathNot: TESTS };
  const layersOf = (others) => anyFolder([folder, ...others]);
  return [
    {
      name: `${folder}: layers`,
      comment: `${folder} may import ${imports.join(', ') || 'nothing of ours'}${types.length > 0 ? `, and types of ${types.join(', ')}` : ''}.`,
      severity: 'error',
      from,
      to: { path: everyLayer, pathNot: layersOf([...imports, ...types]) },
    },
    ...(types.length === 0
      ? []
      : [
          {
            name: `${folder}: types only`,
            comment: `${folder} may import only types of ${types.join(', ')}.`,
            severity: 'error',
            from,
            to: { path: anyFolder(types), dependencyTypesNot: ['type-only'] },
          },
        ]),
    {
      name: `${folder}: packages`,
      comment: `${folder} may use ${packages.join(', ') || 'no package'}.`,
      severity: 'error',
      from,
      to: {
        path: 'node_modules/',
        ...(packages.length === 0 ? {} : { pathNot: anyPackage(packages) }),
      },
    },
    ...(node
      ? []
      : [
          {
            name: `${folder}: no Node`,
            comment: `${folder} runs in browsers too: no Node built-ins.`,
            severity: 'error',
            from,
            to: { dependencyTypes: ['core'] },
          },
        ]),
  ];
}

module.exports = {
  forbidden: [
    ...layers.flatMap(rulesOf),
    {
      name: 'no sibling operation',
      comment:
        'Shared arithmetic belongs in src/kernels, sequences of operations in a recipe: an operation never imports another.',
      severity: 'error',
      from: { path: '^src/operations/([^/]+)/' },
      to: { path: '^src/operations/[^/]+/', pathNot: '^src/operations/$1/' },
    },
    {
      name: 'no sibling format',
      comment: 'A format never imports another; what they share stands in src/io.',
      severity: 'error',
      from: { path: '^src/io/formats/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/io/formats/[^/]+/', pathNot: '^src/io/formats/$1/' },
    },
    {
      name: 'features by their door',
      comment: 'A feature is used through its index.ts; its other files are its own.',
      severity: 'error',
      from: { path: '^src/app/features/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^src/app/features/[^/]+/',
        pathNot: ['^src/app/features/$1/', FEATURE_DOOR],
      },
    },
    {
      name: 'features by their door, from outside',
      comment: 'A feature is used through its index.ts; its other files are its own.',
      severity: 'error',
      from: { path: '^src/app/', pathNot: ['^src/app/features/', TESTS] },
      to: { path: '^src/app/features/', pathNot: FEATURE_DOOR },
    },
    {
      name: 'components know no state',
      comment: 'Controls under src/app/components take everything by props.',
      severity: 'error',
      from: { path: '^src/app/components/', pathNot: TESTS },
      to: { path: '^src/app/(stores|features|rendering)/' },
    },
    {
      name: 'stores know no components',
      comment: 'State does not depend on what shows it.',
      severity: 'error',
      from: { path: '^src/app/stores/', pathNot: TESTS },
      to: { path: '^src/app/(features|components)/' },
    },
    {
      name: 'vtk.js in rendering only',
      comment: 'vtk.js is imported under src/app/rendering and nowhere else.',
      severity: 'error',
      from: { pathNot: '^src/app/rendering/' },
      to: { path: 'node_modules/@kitware/vtk\\.js/' },
    },
    {
      name: 'no cycles',
      comment: 'Modules that need each other are one module, or lack a third below them.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing imports tests',
      comment: 'tests, e2e, bench and scripts stand on top of everything.',
      severity: 'error',
      from: { path: everyLayer, pathNot: TESTS },
      to: { path: ['^(tests|e2e|bench|scripts)/', TESTS] },
    },
    {
      name: 'no unresolvable import',
      comment: 'An import that names no file, or a package missing from package.json.',
      severity: 'error',
      from: {},
      to: {
        couldNotResolve: true,
        // Vite resolves ?url imports of built files, and what the build itself writes.
        pathNot: '\\?url$|^virtual:',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^wasm/dist/' },
    tsConfig: { fileName: 'tsconfig.core.json' },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    enhancedResolveOptions: {
      conditionNames: ['browser', 'import', 'types', 'default'],
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.json'],
    },
  },
};
