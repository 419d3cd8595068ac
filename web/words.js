import ts from 'typescript';
import { dirname } from 'node:path';

/**
 * What the page says stands in objects, one for each language, under names that are written three times: in each language, and where
 * it is said. In what is built they are arrays: `w.save` becomes `w[0]`, and so are the forms of a sentence for numbers. Which names
 * these are is told by the types, so that no other property is taken for one.
 */
export function words(config) {
  let edits = new Map();
  return {
    name: 'words',
    apply: 'build',
    enforce: 'pre',
    buildStart: () => void (edits = editsOf(programOf(config))),
    transform(code, id) {
      const own = edits.get(id)?.sort((a, b) => b.start - a.start);
      return own && packForms(own.reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), code));
    },
  };
}

const forms = ['other', 'one', 'two', 'few', 'many', 'zero']; // as plural.ts has them

/** Writes the forms of a sentence for numbers as an array too. */
const packForms = (code) => code.replace(/\{\s*((?:(?:zero|one|two|few|many|other): '[^']*',?\s*)+)\}/g, (_, all) => {
  const said = Object.fromEntries([...all.matchAll(/(\w+): ('[^']*')/g)].map(([, form, text]) => [form, text]));
  return `[${forms.map((form) => said[form] ?? '').join()}]`.replace(/,+\]$/, ']');
});

function programOf(config) {
  const { config: read } = ts.readConfigFile(config, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(read, ts.sys, dirname(config));
  return ts.createProgram(fileNames, options);
}

/** The nodes of a file for which something is to be done. */
function each(node, act) {
  act(node);
  ts.forEachChild(node, (child) => each(child, act));
}

/** What is to be written in place of what, by files. */
function editsOf(program) {
  const checker = program.getTypeChecker();
  const edits = new Map();
  const replace = (node, by, start = node.getStart()) => {
    const { fileName } = node.getSourceFile();
    edits.set(fileName, [...(edits.get(fileName) ?? []), { start, end: node.getEnd(), by }]);
  };
  const own = program.getSourceFiles().filter((file) => file.fileName.includes('/web/src/'));
  const english = new Map(); // the place of each name, by the object
  for (const file of own) each(file, (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.text !== 'en' || !ts.isObjectLiteralExpression(node.initializer)) return;
    if (node.type) return; // words that are looked up by the names of values
    english.set(node.initializer, new Map(node.initializer.properties.map(({ name }, i) => [name.text, i])));
    replace(node.initializer, arrayOf(node.initializer.properties));
  });
  const placeOf = (name) => {
    const [declared] = checker.getSymbolAtLocation(name)?.declarations ?? [];
    return english.get(declared?.parent)?.get(name.text);
  };
  const isSaid = (type) => type.getProperties().some(({ declarations }) => english.has(declarations?.[0]?.parent));
  for (const file of own) each(file, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.text === 'ar' && ts.isObjectLiteralExpression(node.initializer)) {
      const [first] = checker.getTypeAtLocation(node.name).getProperties();
      const places = english.get(first?.declarations[0].parent);
      if (places) replace(node.initializer, arrayOf(node.initializer.properties.toSorted((a, b) => places.get(a.name.text) -
        places.get(b.name.text))));
    } else if (ts.isPropertyAccessExpression(node)) {
      const place = placeOf(node.name);
      if (place !== undefined) replace(node.name, node.questionDotToken ? `?.[${place}]` : `[${place}]`, node.expression.getEnd());
    } else if ((ts.isElementAccessExpression(node) && isSaid(checker.getTypeAtLocation(node.expression))) ||
        (ts.isObjectBindingPattern(node) && isSaid(checker.getTypeAtLocation(node)))) {
      throw new Error(`${file.fileName}: a message is said by its name, as w.save is: ${node.getText()}`);
    }
  });
  return edits;
}

const arrayOf = (properties) => `[${properties.map((one) => (one.initializer ?? one.name).getText()).join()}]`;
