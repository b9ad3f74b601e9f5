import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * A customer's program in Java: the envelope by hand, the answer by searching for tags. Arguments: address, file,
 * formato, then Usuario, Rut, Clave and Puerto as they go over the wire. Writes one JSON object.
 */
public class Cliente {
    private static String address;
    private static String login;

    public static void main(String[] args) throws Exception {
        address = args[0];
        login = "<web:login><web:Usuario>" + args[3] + "</web:Usuario><web:Rut>" + args[4] + "</web:Rut><web:Clave>"
            + args[5] + "</web:Clave><web:Puerto>" + args[6] + "</web:Puerto><web:IncluyeLink>0</web:IncluyeLink></web:login>";
        String online = between(call("Online", ""), "OnlineResult");
        String file = Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(args[1])));
        String answer = between(
            call("Procesar", login + "<web:file>" + file + "</web:file><web:formato>" + args[2] + "</web:formato>"),
            "ProcesarResult").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        String document = between(answer, "Documento");
        String folio = between(document, "Folio");
        String asked = "<web:tpomov>" + base64("V") + "</web:tpomov><web:folio>%s</web:folio><web:tipo>"
            + base64(between(document, "TipoDte")) + "</web:tipo>";
        String signed = between(call("getXMLDte", login + asked.formatted(base64(folio))), "getXMLDteResult");
        String refused = between(call("getXMLDte", login + asked.formatted(base64("1"))), "getXMLDteResult");
        if (!call("Otra", login).contains("faultcode")) {
            throw new IllegalStateException("no fault");
        }
        Base64.getDecoder().decode(signed); // the strict decoder
        System.out.printf("{\"online\": \"%s\", \"resultado\": \"%s\", \"folio\": \"%s\", \"links\": %d, "
            + "\"firmado\": \"%s\", \"negado\": \"%s\"}%n", online, between(document, "Resultado"), folio,
            answer.contains("<urlOriginal>") ? 1 : 0, signed, refused);
    }

    private static String call(String operation, String content) throws Exception {
        String body = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
            + " xmlns:web=\"http://tempuri.org\" xmlns:otro=\"urn:sin-uso\">\n\t<soapenv:Header/>\n\t\t<soapenv:Body>\n<web:"
            + operation + ">" + content + "</web:" + operation + ">\n\t\t</soapenv:Body>\n\t</soapenv:Envelope>";
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "text/xml")
            .header("SOAPAction", "http://tempuri.org/" + operation)
            .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String between(String text, String name) {
        int start = text.indexOf("<" + name + ">");
        int end = text.indexOf("</" + name + ">");
        if (start < 0 || end < 0) {
            throw new IllegalStateException("no " + name + " in " + text);
        }
        return text.substring(start + name.length() + 2, end);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes());
    }
}
