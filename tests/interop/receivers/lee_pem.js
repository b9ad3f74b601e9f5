// Reads certificates in PEM with Node's own library: one line for each, the serial number or "-". Arguments: the files.
'use strict';
const fs = require('fs');
const { X509Certificate } = require('crypto');

for (const file of process.argv.slice(2)) {
  try {
    console.log(new X509Certificate(fs.readFileSync(file)).serialNumber);
  } catch (error) {
    console.log('-');
  }
}
