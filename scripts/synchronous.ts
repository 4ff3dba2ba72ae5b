/**
 * Removes `async`, `await` and `Promise.resolve` from our own sources, for the pipeline build: an
 * operation whose context answers at once then runs to its end within one call. What cannot be
 * made synchronous this way (`new Promise`, `.then`) is refused with its place.
 */
import ts from 'typescript';

export function makeSynchronous(source: string, fileName: string): string {
  const { outputText } = ts.transpileModule(source, {
    fileName,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
    transformers: { before: [removeWaiting] },
  });
  return outputText;
}

const removeWaiting: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = context;

  const refuse = (node: ts.Node, what: string): never => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    throw new Error(`${file.fileName}:${line + 1}: ${what} cannot be made synchronous.`);
  };

  const visitExpression = (node: ts.Expression): ts.Expression =>
    ts.visitNode(node, visit, ts.isExpression) ?? node;

  const visit = (node: ts.Node): ts.VisitResult<ts.Node | undefined> => {
    if (node.kind === ts.SyntaxKind.AsyncKeyword) return undefined;
    if (ts.isAwaitExpression(node)) {
      return factory.createParenthesizedExpression(visitExpression(node.expression));
    }
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) refuse(node, 'for await');
    if (ts.isNewExpression(node) && node.expression.getText(file) === 'Promise') {
      refuse(node, 'new Promise');
    }
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText(file);
      if (callee === 'Promise.resolve') {
        const [value] = node.arguments;
        return value === undefined
          ? factory.createVoidZero()
          : factory.createParenthesizedExpression(visitExpression(value));
      }
      if (callee.startsWith('Promise.')) refuse(node, callee);
    }
    if (ts.isPropertyAccessExpression(node) && node.name.text === 'then') refuse(node, '.then');
    return ts.visitEachChild(node, visit, context);
  };

  return ts.visitEachChild(file, visit, context);
};
