import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the Java programs share: they read the scenario, call, and write one JSON object for each line. */
public class Comun {
    /** One call: the result is a String or bytes. */
    public interface Call {
        Object call(String address, String operation, Map<String, String> login, Map<String, String> values) throws Exception;
    }

    /** How a program reads a WSPLANO answer. */
    public interface Reading {
        Map<String, String> read(String answer) throws Exception;
    }

    /** A SOAP fault, as the program understood it. */
    public static class Falla extends Exception {
        final String code;

        public Falla(String code, String text) {
            super(text);
            this.code = code;
        }
    }

    public static void run(String scenario, Call call, Reading reading) throws Exception {
        Map<String, String> last = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of(scenario))) {
            String[] parts = line.split("\t", -1);
            Map<String, String> login = new LinkedHashMap<>();
            Map<String, String> values = new LinkedHashMap<>();
            for (int number = 3; number < parts.length; number++) {
                String key = parts[number].substring(0, parts[number].indexOf('='));
                String text = parts[number].substring(key.length() + 1);
                text = last.getOrDefault(text, text);
                if (key.startsWith("login.")) login.put(key.substring(6), text);
                else values.put(key, text);
            }
            Map<String, String> said = new LinkedHashMap<>();
            said.put("paso", parts[0]);
            try {
                Object result = call.call(parts[1], parts[2], login, values);
                boolean binary = result instanceof byte[];
                said.put("valor", binary ? Base64.getEncoder().encodeToString((byte[]) result) : (String) result);
                if (said.get("valor").contains("<Documento>")) {
                    said.putAll(reading.read((String) result));
                }
                if ("True".equals(said.get("resultado"))) {
                    last.put("@folio", base64(said.get("folio")));
                    last.put("@tipo", base64(said.get("tipo")));
                }
            } catch (Falla fault) {
                said.put("falla", fault.code);
                said.put("texto", fault.getMessage());
            }
            System.out.println(json(said));
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes());
    }

    /** One object of texts, in ASCII whatever the console's charset is. */
    private static String json(Map<String, String> values) {
        List<String> parts = new ArrayList<>();
        values.forEach((key, value) -> parts.add(quoted(key) + ":" + quoted(value)));
        return "{" + String.join(",", parts) + "}";
    }

    private static String quoted(String text) {
        StringBuilder made = new StringBuilder("\"");
        for (char one : text.toCharArray()) {
            if (one < 32 || one > 126 || one == '"' || one == '\\') made.append(String.format("\\u%04x", (int) one));
            else made.append(one);
        }
        return made.append('"').toString();
    }
}
