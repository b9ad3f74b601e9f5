// The same contract as a real ASMX service. Each operation answers what it understood, so that what arrived can be
// compared; echo.py holds the same answers.
using System.Text;
using System.Web.Services;
using System.Web.Services.Protocols;

public class logininfo {
    public string Usuario, Rut, Clave, Puerto, IncluyeLink;
}

[WebService(Name = "wsplano", Namespace = "http://tempuri.org")]
public class Servicio : WebService {
    static string Said(logininfo login, params string[] others) {
        var parts = login == null
            ? new[] { "-" }
            : new[] { login.Usuario, login.Rut, login.Clave, login.IncluyeLink };
        return string.Join("|", System.Array.ConvertAll(parts, part => part ?? "")) + "|" + string.Join("|", System.Array.ConvertAll(others, part => part ?? ""));
    }

    [WebMethod, SoapDocumentMethod("http://tempuri.org/Procesar")]
    public string Procesar(logininfo login, string file, int formato) { return Said(login, file, formato.ToString()); }

    [WebMethod, SoapDocumentMethod("http://tempuri.org/Validar")]
    public string Validar(logininfo login, string file, int formato) { return Said(login, file, formato.ToString(), "v"); }

    [WebMethod, SoapDocumentMethod("http://tempuri.org/getXMLDte")]
    public byte[] getXMLDte(logininfo login, string tpomov, string folio, string tipo) {
        return Encoding.UTF8.GetBytes(Said(login, tpomov, folio, tipo));
    }

    [WebMethod, SoapDocumentMethod("http://tempuri.org/getIP")]
    public string getIP() { return Context.Request.UserHostAddress; }

    [WebMethod, SoapDocumentMethod("http://tempuri.org/Online")]
    public string Online() { return "Online=1"; }

    [WebMethod, SoapDocumentMethod("http://tempuri.org/Version")]
    public string Version() { return "1"; }
}
