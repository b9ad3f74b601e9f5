// Takes ESC/POS bytes of a file apart with npos: JSON of what a printer is told, in order. A command has its name and its
// bytes, a text its bytes, both in hexadecimal; a picture has rows of 0 and 1.
'use strict';
const fs = require('fs');
const npos = require('npos');

// What npos lacks: the two-dimensional codes. It is told how long such a command is, and nothing else.
const rules = require('npos/lib/parser/rules');
for (const key of Object.keys(rules)) {
  if (rules[key]['(K']) rules[key]['(k'] = [0, 'd16'];
}

function rows(bitmap) {
  const found = [];
  for (let y = 0; y < bitmap.height; y++) {
    let row = '';
    for (let x = 0; x < bitmap.width; x++) row += bitmap.getPixel(x, y) === 0 ? '1' : '0';
    found.push(row);
  }
  return found;
}

npos.parser(rules).parse(fs.readFileSync(process.argv[2])).then((ast) => {
  const of = new Map();
  for (const entry of ast.entries) for (const node of entry.nodes) of.set(node, entry);
  const told = [];
  for (const node of ast.tree) {
    const entry = of.get(node);
    if (!entry) {
      const bytes = ast.raw.slice(node.offset, node.offset + node.length);
      told.push({ command: node.ascii + (node.fn || ''), bytes: bytes.toString('hex') });
    } else if (entry.nodes[0] === node) {
      told.push(entry.type === 'raster' ? { picture: rows(entry.data) } : { text: entry.data.toString('hex') });
    }
  }
  console.log(JSON.stringify(told));
}).catch((error) => { console.error(error); process.exit(1); });
