import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/engine/version.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Files that are part of the project: committed, or about to be. */
function projectFiles(): readonly string[] {
  const { stdout, status } = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  expect(status, 'git ls-files').toBe(0);
  return stdout.split('\0').filter((name) => name !== '' && existsSync(resolve(root, name)));
}

const MAX_TEXT_BYTES = 2_000_000;

function textOf(name: string): string | null {
  const path = resolve(root, name);
  if (!statSync(path).isFile() || statSync(path).size > MAX_TEXT_BYTES) return null;
  const text = readFileSync(path, 'latin1');
  return text.includes('\0') ? null : text;
}

function linesThat(match: RegExp): readonly string[] {
  return projectFiles().flatMap((name) =>
    (textOf(name) ?? '')
      .split('\n')
      .flatMap((line, i) =>
        match.test(line) ? [`${name}:${i + 1}: ${line.trim().slice(0, 160)}`] : [],
      ),
  );
}

describe('the repository', () => {
  it('names no absolute path of a machine', () => {
    const folders = ['work', 'root', 'home', 'Users', 'tmp'].join('|');
    expect(linesThat(new RegExp(`(^|[\\s"'\`(=:])/(${folders})/[\\w.-]`))).toEqual([]);
  });

  it('names no registry host in the lock file', () => {
    expect(textOf('package-lock.json')).not.toMatch(/"resolved": "http/);
  });

  it('states one version everywhere', () => {
    const manifest: unknown = JSON.parse(textOf('package.json') ?? '{}');
    expect(manifest).toMatchObject({ version: VERSION });
    expect(textOf('CITATION.cff')).toContain(`\nversion: ${VERSION}\n`);
    expect(textOf('CHANGELOG.md')).toContain(`\n## ${VERSION}\n`);
  });

  it('links only to files that exist in its documents', () => {
    const broken = projectFiles()
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) =>
        [...(textOf(name) ?? '').matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)/g)]
          .map(([, target = '']) => target)
          .filter((target) => !existsSync(resolve(root, dirname(name), target)))
          .map((target) => `${name}: ${target}`),
      );
    expect(broken).toEqual([]);
  });
});
