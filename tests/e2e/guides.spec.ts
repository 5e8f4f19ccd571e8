import { readFile } from 'node:fs/promises';

import openapi, { astToString } from 'openapi-typescript';
import ts from 'typescript';

import { expect, test } from './support/world.js';

const DOCS = new URL('../../docs/', import.meta.url);

for (const guide of ['messages', 'organisations', 'third-party-apps']) {
  test(`the types in ${guide}.md are those of the description`, async () => {
    const description = new URL('openapi.json', DOCS);
    const { components, paths } = JSON.parse(await readFile(description, 'utf8'));
    const types = typesOf(await readFile(new URL(`${guide}.md`, DOCS), 'utf8'));
    const names = [...types.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name!);
    const known = names.filter((name) => name in components.schemas);
    expect(known.length).toBeGreaterThan(0);
    const sent = reached(components.schemas, Object.values(paths).flatMap(bodies));

    const problems = compile({
      '/description.ts': astToString(await openapi(description, { defaultNonNullable: false })),
      '/guide.ts': types,
      '/check.ts': check(known, sent),
    });

    expect(problems).toEqual([]);
  });
}

/** What a guide declares. */
function typesOf(guide: string): string {
  const blocks = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, block]) => block);
  return blocks.join('\n').replace(/^(?=(?:interface|type) )/gm, 'export ');
}

/** What a path takes. */
function bodies(path: unknown): unknown[] {
  return Object.values(path as object).map(({ requestBody }) => requestBody ?? null);
}

/** The names of the schemas that something refers to, also by way of others. */
function reached(schemas: Record<string, unknown>, from: unknown, names = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(from).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    if (!names.has(name!)) reached(schemas, schemas[name!], names.add(name!));
  }
  return names;
}

/** What is sent has to be taken, what comes has to be as the guide says, and neither leaves a field out. */
function check(names: string[], sent: Set<string>): string {
  const lines = names.map((name) => {
    const [guide, description] = [`guide.${name}`, `components['schemas']['${name}']`];
    const [to, from] = sent.has(name) ? [description, guide] : [guide, description];
    return `
export const ${name}: ${to} = null! as ${from};
export const fieldsOf${name}: [keyof ${guide}, keyof ${description}] =
  null! as [keyof ${description}, keyof ${guide}];`;
  });
  return ["import type * as guide from './guide';", "import type { components } from './description';", ...lines].join('\n');
}

/** Says what is wrong with some files. */
function compile(files: Record<string, string>): string[] {
  const options: ts.CompilerOptions = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, types: [] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name in files || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name in files ? ts.createSourceFile(name, files[name]!, options.target!) : getSourceFile(name, ...rest);
  const program = ts.createProgram(Object.keys(files), options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const line = file && start !== undefined ? file.text.slice(start).split('\n', 1)[0] : '';
    return `${ts.flattenDiagnosticMessageText(messageText, ' ')} ${line}`;
  });
}
