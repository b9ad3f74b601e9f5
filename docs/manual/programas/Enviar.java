import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

public class Enviar {
    static final String URL = "http://127.0.0.1:8080/WSDS/wsplano.asmx";

    static String b64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static String texto(String valor) {
        return b64(valor.getBytes(StandardCharsets.UTF_8));
    }

    static Document leer(String xml) throws Exception {
        byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
    }

    static String valor(Element elemento, String nombre) {
        return elemento.getElementsByTagName(nombre).item(0).getTextContent();
    }

    public static void main(String[] args) throws Exception {
        String sobre = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
            + "<Procesar xmlns=\"http://tempuri.org\"><login>"
            + "<Usuario>" + texto("MIUSUARIO") + "</Usuario>"
            + "<Rut>" + texto("1-9") + "</Rut>"
            + "<Clave>" + texto("MICLAVE") + "</Clave></login>"
            + "<file>" + b64(Files.readAllBytes(Path.of("33-factura.txt"))) + "</file><formato>1</formato>"
            + "</Procesar></soap:Body></soap:Envelope>";
        HttpRequest llamada = HttpRequest.newBuilder(URI.create(URL))
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", "\"http://tempuri.org/Procesar\"")
            .POST(HttpRequest.BodyPublishers.ofString(sobre)).build();
        String cuerpo = HttpClient.newHttpClient().send(llamada, HttpResponse.BodyHandlers.ofString()).body();

        String resultado = leer(cuerpo).getElementsByTagName("ProcesarResult").item(0).getTextContent();
        var documentos = leer(resultado).getElementsByTagName("Documento");
        for (int i = 0; i < documentos.getLength(); i++) {
            Element documento = (Element) documentos.item(i);
            System.out.println(valor(documento, "Resultado").equals("True")
                ? "Emitido: tipo " + valor(documento, "TipoDte") + ", folio " + valor(documento, "Folio")
                : "Rechazado: " + valor(documento, "Error"));
        }
    }
}
