import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A customer's program in Java without any SOAP library: the envelope by hand, the answer by searching for tags.
 * Arguments: contract (not looked at), version of SOAP (1.1), scenario.
 */
public class AMano {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] args) throws Exception {
        Comun.run(args[2], AMano::call, AMano::read);
    }

    private static Object call(String address, String operation, Map<String, String> login, Map<String, String> values)
            throws Exception {
        String inside = login.isEmpty() ? "" : "<web:login>" + tags(login) + "</web:login>";
        String body = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
            + " xmlns:web=\"http://tempuri.org\" xmlns:otro=\"urn:sin-uso\">\n\t\t\t<soapenv:Header/>\n\t\t\t\t<soapenv:Body>\n"
            + "<web:" + operation + ">" + inside + tags(values) + "</web:" + operation + ">\n"
            + "\t\t\t\t</soapenv:Body>\n\t\t\t</soapenv:Envelope>";
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "text/xml")
            .header("SOAPAction", "http://tempuri.org/" + operation)
            .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        String answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
        if (answer.contains("<faultcode>")) {
            throw new Comun.Falla(between(answer, "faultcode"), unescaped(between(answer, "faultstring")));
        }
        String result = between(answer, operation + "Result");
        return operation.equals("getXMLDte") ? Base64.getDecoder().decode(result) : unescaped(result); // the strict decoder
    }

    private static Map<String, String> read(String answer) {
        String document = between(answer, "Documento");
        Map<String, String> found = new LinkedHashMap<>();
        found.put("resultado", between(document, "Resultado"));
        found.put("folio", between(document, "Folio"));
        found.put("tipo", between(document, "TipoDte"));
        found.put("error", document.contains("<Error>") ? unescaped(between(document, "Error")) : "");
        return found;
    }

    private static String tags(Map<String, String> values) {
        StringBuilder made = new StringBuilder();
        values.forEach((name, text) -> made.append("<web:" + name + ">" + escaped(text) + "</web:" + name + ">\n"));
        return made.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String unescaped(String text) {
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    private static String between(String text, String name) {
        int start = text.indexOf("<" + name + ">");
        int end = text.indexOf("</" + name + ">");
        if (start < 0 || end < 0) {
            throw new IllegalStateException("no " + name + " in " + text);
        }
        return text.substring(start + name.length() + 2, end);
    }
}
