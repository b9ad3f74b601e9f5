import java.io.ByteArrayInputStream;
import java.net.URL;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.soap.SOAPFaultException;
import org.tempuri.Logininfo;
import org.tempuri.Wsplano;
import org.tempuri.WsplanoSoap;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** A customer's program with the classes that wsimport makes. Arguments: contract, version of SOAP, scenario. */
public class ConJaxws {
    public static void main(String[] args) throws Exception {
        Wsplano service = new Wsplano(new URL(args[0]));
        WsplanoSoap port = args[1].equals("1.2") ? service.getWsplanoSoap12() : service.getWsplanoSoap();
        Comun.run(args[2], (address, operation, login, values) -> {
            ((BindingProvider) port).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, address);
            try {
                return call(port, operation, login(login), values);
            } catch (SOAPFaultException fault) {
                throw new Comun.Falla(fault.getFault().getFaultCode(), fault.getFault().getFaultString());
            }
        }, ConJaxws::read);
    }

    private static Object call(WsplanoSoap port, String operation, Logininfo login, Map<String, String> p) {
        switch (operation) {
            case "Procesar": return port.procesar(login, p.get("file"), Integer.parseInt(p.get("formato")));
            case "Validar": return port.validar(login, p.get("file"), Integer.parseInt(p.get("formato")));
            case "ObtenerLink": return port.obtenerLink(login, p.get("tpomov"), p.get("folio"), p.get("tipo"), p.get("cedible"));
            case "getBoletaTicket": return port.getBoletaTicket(login, p.get("ticket"));
            case "ProcesarWSMasivo": return port.procesarWSMasivo(login, p.get("file"), Integer.parseInt(p.get("formato")));
            case "ConsultarEstado": return port.consultarEstado(login, p.get("trackid"));
            case "getXMLDte": return port.getXMLDte(login, p.get("tpomov"), p.get("folio"), p.get("tipo"));
            case "AltNum": return port.altNum(login, p.get("folio"), p.get("tipo"), p.get("campo"));
            case "RegIP": return port.regIP(login, p.get("puerto"));
            case "getIP": return port.getIP();
            case "EliminarDoc": return port.eliminarDoc(login, p.get("tpomov"), p.get("folio"), p.get("tipo"));
            case "AnularGuia": return port.anularGuia(login, p.get("tpomov"), p.get("folio"), p.get("tipo"));
            case "EstadoDte": return port.estadoDte(login, p.get("tpomov"), p.get("folio"), p.get("tipo"));
            case "Online": return port.online();
            case "Version": return port.version();
            default: throw new IllegalArgumentException(operation);
        }
    }

    private static Logininfo login(Map<String, String> parts) {
        Logininfo made = new Logininfo();
        made.setUsuario(parts.get("Usuario"));
        made.setRut(parts.get("Rut"));
        made.setClave(parts.get("Clave"));
        made.setPuerto(parts.get("Puerto"));
        made.setIncluyeLink(parts.get("IncluyeLink"));
        return made;
    }

    /** By DOM: the first element of each name. */
    private static Map<String, String> read(String answer) throws Exception {
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
            .parse(new ByteArrayInputStream(answer.getBytes("UTF-8")));
        Map<String, String> found = new TreeMap<>();
        for (String name : new String[] {"Resultado", "Folio", "TipoDte", "Error"}) {
            NodeList nodes = document.getElementsByTagName(name);
            String key = name.equals("TipoDte") ? "tipo" : name.toLowerCase();
            found.put(key, nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent());
        }
        return found;
    }
}
