import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const names = readdirSync('examples').map((file) => file.replace(/\.ts$/, ''));

for (const name of names) {
  test(`the example ${name} is what the README shows, and says what it shows`, async () => {
    const { stdout } = await run(process.execPath, [`build/examples/${name}.js`]);
    const readme = readFileSync('README.md', 'utf8');
    const block = new RegExp(`<!-- examples/${name}\\.ts -->\n\`\`\`ts\n[^]*?\`\`\`\n\n\`\`\`text\n[^]*?\`\`\``);
    const [shown] = readme.match(block) ?? assert.fail('it is not there');
    const source = readFileSync(`examples/${name}.ts`, 'utf8');
    const right = `<!-- examples/${name}.ts -->\n\`\`\`ts\n${source}\`\`\`\n\n\`\`\`text\n${stdout}\`\`\``;
    if (process.env.UPDATE_README) writeFileSync('README.md', readme.replace(shown, () => right));
    else assert.equal(shown, right, 'UPDATE_README=1 npm test writes it anew');
  });
}

test('the README shows no other code', () => {
  assert.equal(readFileSync('README.md', 'utf8').match(/^```(ts|js)/gm)?.length, names.length);
});
