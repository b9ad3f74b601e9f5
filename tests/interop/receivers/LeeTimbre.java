import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.pdf417.PDF417Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Collections;

/**
 * Reads the PDF417 of pictures (PGM, P5) with ZXing for Java: one line for each, the bytes in hexadecimal or "-".
 * Arguments: the pictures.
 */
public final class LeeTimbre {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            System.out.println(read(Files.readAllBytes(Paths.get(file))));
        }
    }

    private static String read(byte[] picture) {
        String[] head = new String(picture, 0, 40, StandardCharsets.ISO_8859_1).split("[ \n]");
        int width = Integer.parseInt(head[1]);
        int height = Integer.parseInt(head[2]);
        int[] pixels = new int[width * height];
        int start = picture.length - pixels.length;
        for (int at = 0; at < pixels.length; at++) {
            pixels[at] = 0x010101 * (picture[start + at] & 0xff);
        }
        try {
            BinaryBitmap bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels)));
            String text = new PDF417Reader()
                .decode(bitmap, Collections.singletonMap(DecodeHintType.TRY_HARDER, Boolean.TRUE)).getText();
            StringBuilder found = new StringBuilder();
            for (byte one : text.getBytes(StandardCharsets.ISO_8859_1)) {
                found.append(String.format("%02x", one));
            }
            return found.toString();
        } catch (Exception nothing) {
            // Also what the reader throws by mistake on a symbol that it does not understand.
            return "-";
        }
    }
}
