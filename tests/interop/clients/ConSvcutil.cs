// A customer's program with the proxy that "svcutil" makes (WCF), reading with LINQ to XML.
// Arguments: contract (not looked at), version of SOAP (1.1), scenario.
using System;
using System.Collections.Generic;
using System.Linq;
using System.ServiceModel;
using System.Xml.Linq;

public static class ConSvcutil {
    public static void Main(string[] arguments) {
        var binding = new BasicHttpBinding { MaxReceivedMessageSize = 10000000 };
        binding.ReaderQuotas.MaxStringContentLength = 10000000;
        binding.ReaderQuotas.MaxArrayLength = 10000000;
        Comun.Run(arguments[2], delegate(string address, string operation, Values values) {
            var proxy = new wsplanoSoapClient(binding, new EndpointAddress(address));
            try { return Call(proxy, operation, values); }
            catch (FaultException fault) { throw new Falla(fault.Code.Name, fault.Reason.ToString()); }
        }, Read);
    }

    static object Call(wsplanoSoapClient proxy, string operation, Values p) {
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

    static tempuri.org.logininfo Login(Values p) {
        return new tempuri.org.logininfo {
            Usuario = p.Get("login.Usuario"), Rut = p.Get("login.Rut"), Clave = p.Get("login.Clave"),
            Puerto = p.Get("login.Puerto"), IncluyeLink = p.Get("login.IncluyeLink"),
        };
    }

    static Dictionary<string, string> Read(string answer) {
        XElement root = XDocument.Parse(answer).Root, document = root.Element("Detalle").Elements("Documento").First();
        return new Dictionary<string, string> {
            { "resultado", (string) root.Element("Resultado") }, { "folio", (string) document.Element("Folio") },
            { "tipo", (string) document.Element("TipoDte") }, { "error", (string) document.Element("Error") ?? "" },
        };
    }
}
