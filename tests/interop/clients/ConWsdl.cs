// A customer's program with the proxy that "wsdl" makes, and the answer put into classes: one Error for each document,
// a date-time, the folio as text. Arguments: contract (not looked at), version of SOAP, scenario.
using System;
using System.Collections.Generic;
using System.IO;
using System.Web.Services.Protocols;
using System.Xml.Serialization;

public class WSPLANO {
    public string Resultado, Mensaje;
    public Documento[] Detalle;
}

public class Documento {
    public string Folio, TipoDte, Operacion;
    public DateTime Fecha;
    public string Resultado, Error;
}

public static class ConWsdl {
    public static void Main(string[] arguments) {
        var proxy = new Contrato.wsplano();
        if (arguments[1] == "1.2") proxy.SoapVersion = SoapProtocolVersion.Soap12;
        Comun.Run(arguments[2], delegate(string address, string operation, Values values) {
            proxy.Url = address;
            try { return Call(proxy, operation, values); }
            catch (SoapException fault) { throw new Falla(fault.Code.Name, fault.Message); }
        }, Read);
    }

    static object Call(Contrato.wsplano proxy, string operation, Values p) {
        switch (operation) {
            case "Procesar": return proxy.Procesar(Login(p), p.Get("file"), p.Number("formato"));
            case "Validar": return proxy.Validar(Login(p), p.Get("file"), p.Number("formato"));
            case "ObtenerLink": return proxy.ObtenerLink(Login(p), p.Get("tpomov"), p.Get("folio"), p.Get("tipo"), p.Get("cedible"));
            case "getBoletaTicket": return proxy.getBoletaTicket(Login(p), p.Get("ticket"));
            case "ProcesarWSMasivo": return proxy.ProcesarWSMasivo(Login(p), p.Get("file"), p.Number("formato"));
            case "ConsultarEstado": return proxy.ConsultarEstado(Login(p), p.Get("trackid"));
            case "getXMLDte": return proxy.getXMLDte(Login(p), p.Get("tpomov"), p.Get("folio"), p.Get("tipo"));
            case "AltNum": return proxy.AltNum(Login(p), p.Get("folio"), p.Get("tipo"), p.Get("campo"));
            case "RegIP": return proxy.RegIP(Login(p), p.Get("puerto"));
            case "getIP": return proxy.getIP();
            case "EliminarDoc": return proxy.EliminarDoc(Login(p), p.Get("tpomov"), p.Get("folio"), p.Get("tipo"));
            case "AnularGuia": return proxy.AnularGuia(Login(p), p.Get("tpomov"), p.Get("folio"), p.Get("tipo"));
            case "EstadoDte": return proxy.EstadoDte(Login(p), p.Get("tpomov"), p.Get("folio"), p.Get("tipo"));
            case "Online": return proxy.Online();
            case "Version": return proxy.Version();
            default: throw new ArgumentException(operation);
        }
    }

    static Contrato.logininfo Login(Values p) {
        return new Contrato.logininfo {
            Usuario = p.Get("login.Usuario"), Rut = p.Get("login.Rut"), Clave = p.Get("login.Clave"),
            Puerto = p.Get("login.Puerto"), IncluyeLink = p.Get("login.IncluyeLink"),
        };
    }

    static Dictionary<string, string> Read(string answer) {
        var whole = (WSPLANO) new XmlSerializer(typeof(WSPLANO)).Deserialize(new StringReader(answer));
        var first = whole.Detalle[0];
        if (first.Fecha == default(DateTime)) throw new FormatException("Fecha");
        return new Dictionary<string, string> {
            { "resultado", whole.Resultado }, { "folio", first.Folio }, { "tipo", first.TipoDte }, { "error", first.Error ?? "" },
        };
    }
}
