/**
 * Removes `async`, `await` and `Promise.resolve` from our own sources, for the pipeline build: an
 * operation whose context answers at once then runs to its end within one call. Asynchronous
 * generators become plain ones, and `for await` a loop over them. What cannot be made synchronous by
 * that is refused with its place: every other use of promises, dynamic imports. Values that come from
 * outside these sources cannot be seen here, so each former `await` checks when it runs that it was
 * not given a promise.
 */
import ts from 'typescript';

const CHECK = 'mustBeSettled';
const CHECK_SOURCE = `function ${CHECK}(value) {
  if (typeof value?.then === 'function') throw new Error('A promise cannot be awaited here.');
  return value;
}
`;

const PROMISE_METHODS = new Set(['then', 'catch', 'finally']);

/** The source as JavaScript without asynchronous code. Throws an Error with file and line. */
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
  return outputText.includes(`${CHECK}(`) ? `${outputText}${CHECK_SOURCE}` : outputText;
}

const removeWaiting: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = context;

  const refuse = (node: ts.Node, what: string): never => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    throw new Error(`${file.fileName}:${line + 1}: ${what} cannot be made synchronous.`);
  };

  const visitExpression = (node: ts.Expression): ts.Expression =>
    ts.visitNode(node, visit, ts.isExpression) ?? node;

  const refuseAsynchronous = (node: ts.Node): void => {
    if (ts.isVariableDeclarationList(node)) {
      const awaitUsing: number = ts.NodeFlags.AwaitUsing;
      if ((node.flags & awaitUsing) === awaitUsing) refuse(node, 'await using');
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      refuse(node, 'import()');
    }
    if (ts.isIdentifier(node) && node.text === 'Promise') refuse(node, 'Promise');
    const member = memberName(node);
    if (member !== null && PROMISE_METHODS.has(member)) refuse(node, `.${member}`);
    if (member === 'asyncIterator') refuse(node, 'asynchronous iteration');
  };

  const visit = (node: ts.Node): ts.VisitResult<ts.Node | undefined> => {
    // Types are removed later, whatever they say of promises.
    if (ts.isTypeNode(node)) return node;
    if (isAsync(node)) return undefined;
    if (ts.isAwaitExpression(node)) {
      const value = visitExpression(node.expression);
      return factory.createCallExpression(factory.createIdentifier(CHECK), undefined, [value]);
    }
    if (isPromiseResolve(node)) {
      const [value, ...more] = node.arguments;
      if (value === undefined) return factory.createVoidZero();
      if (more.length > 0 || ts.isSpreadElement(value)) refuse(node, 'Promise.resolve of a list');
      return factory.createParenthesizedExpression(visitExpression(value));
    }
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) {
      const loop = factory.createForOfStatement(
        undefined,
        node.initializer,
        node.expression,
        node.statement,
      );
      return ts.visitEachChild(loop, visit, context);
    }
    refuseAsynchronous(node);
    return ts.visitEachChild(node, visit, context);
  };

  return ts.visitEachChild(file, visit, context);
};

function isAsync({ kind }: ts.Node): boolean {
  return kind === ts.SyntaxKind.AsyncKeyword;
}

function isPromiseResolve(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ts.isIdentifier(node.expression.expression) &&
    node.expression.expression.text === 'Promise' &&
    node.expression.name.text === 'resolve'
  );
}

/** The name that a member is asked by, `object.name` or `object['name']`; null for other nodes. */
function memberName(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return node.argumentExpression.text;
  }
  if (ts.isBindingElement(node)) {
    const name = node.propertyName ?? node.name;
    return ts.isIdentifier(name) ? name.text : null;
  }
  return null;
}
