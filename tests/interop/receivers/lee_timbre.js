// Reads the PDF417 of pictures (PGM, P5) with ZXing for browsers: one line for each, the bytes in hexadecimal or "-".
// Arguments: the pictures.
'use strict';
const fs = require('fs');
const {
  BinaryBitmap, DecodeHintType, HybridBinarizer, PDF417Reader, RGBLuminanceSource,
} = require('@zxing/library');

function pixels(file) {
  const data = fs.readFileSync(file);
  const [, width, height] = /^P5 (\d+) (\d+) 255\n/.exec(data.toString('latin1', 0, 40));
  const at = `P5 ${width} ${height} 255\n`.length;
  return new RGBLuminanceSource(new Uint8ClampedArray(data.subarray(at)), Number(width), Number(height));
}

for (const file of process.argv.slice(2)) {
  try {
    const picture = new BinaryBitmap(new HybridBinarizer(pixels(file)));
    const read = new PDF417Reader().decode(picture, new Map([[DecodeHintType.TRY_HARDER, true]]));
    console.log(Buffer.from(read.getText(), 'latin1').toString('hex'));
  } catch (error) {
    console.log('-');
  }
}
