// A customer's program in the manner of Visual Basic: SOAP 1.2 by hand over HttpWebRequest, compression offered and never
// undone, the answer through XmlSerializer with exact namespaces and the result as an Object, then the first element of
// each name. Arguments: contract (not looked at), version of SOAP (1.2), scenario.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Security;
using System.Text;
using System.Xml;
using System.Xml.Serialization;

[XmlRoot("Envelope", Namespace = "http://www.w3.org/2003/05/soap-envelope")]
public class Envelope {
    public Body Body;
}

public class Body {
    [XmlAnyElement]
    public XmlElement Response;
}

public class Response {
    // The class of each operation names its element; overrides give the name here, so that one class serves all.
    public object Result;
}

public static class AMano {
    const string Contract = "http://tempuri.org";

    public static void Main(string[] arguments) { Comun.Run(arguments[2], Call, Read); }

    static object Call(string address, string operation, Values values) {
        string answer = Post(address, operation, Written(operation, values));
        var envelope = (Envelope) new XmlSerializer(typeof(Envelope)).Deserialize(new StringReader(answer));
        if (envelope.Body.Response.LocalName == "Fault") throw Fault(envelope.Body.Response);
        // Deserialized as an Object, the result is an array of nodes; the program reads the first.
        string text = ((XmlNode[]) Serializer(operation).Result(envelope.Body.Response))[0].Value;
        if (text.Contains("<Resultado>") && text.StartsWith("<?xml") && operation != "getXMLDte") {
            bool refused = answer.Contains("&lt;Resultado&gt;False&lt;/Resultado&gt;");
            if (refused != (First(text, "Resultado") == "False")) throw new FormatException("the escaped result says something else");
        }
        return operation == "getXMLDte" ? (object) Convert.FromBase64String(text) : text;
    }

    static string Written(string operation, Values values) {
        var lines = new List<string> {
            "", "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\">", "\t<soap:Body>",
            "\t\t<" + operation + " xmlns=\"" + Contract + "\">",
        };
        var login = new List<string>();
        foreach (var one in values)
            if (one.Key.StartsWith("login.")) login.Add("\t\t" + Tag(one.Key.Substring(6), one.Value));
        if (login.Count > 0) lines.Add("\t\t\t<login>\r\n\t" + string.Join("\r\n\t", login) + "\r\n\t\t\t</login>");
        foreach (var one in values)
            if (!one.Key.StartsWith("login.")) lines.Add("\t\t" + Tag(one.Key, one.Value));
        lines.AddRange(new[] { "\t\t</" + operation + ">", "\t</soap:Body>", "</soap:Envelope>" });
        return string.Join("\r\n", lines);
    }

    static string Tag(string name, string text) {
        return "\t<" + name + ">" + SecurityElement.Escape(text) + "</" + name + ">";
    }

    static string Post(string address, string operation, string body) {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        var request = (HttpWebRequest) WebRequest.Create(address);
        request.Method = "POST";
        request.ContentType = "application/soap+xml;charset=UTF-8;action=\"" + Contract + "/" + operation + "\"";
        request.Headers.Add("Accept-Encoding", "gzip,deflate");
        using (Stream stream = request.GetRequestStream()) stream.Write(bytes, 0, bytes.Length);
        WebResponse response;
        try { response = request.GetResponse(); }
        catch (WebException failure) {
            if (failure.Response == null) throw;
            response = failure.Response; // the program reads the body of an error too
        }
        using (var reader = new StreamReader(response.GetResponseStream(), Encoding.UTF8)) return reader.ReadToEnd();
    }

    static Falla Fault(XmlElement fault) {
        return new Falla(fault.GetElementsByTagName("soap:Value")[0].InnerText, fault.GetElementsByTagName("soap:Text")[0].InnerText);
    }

    class Deserializer {
        public XmlSerializer Inner;
        public object Result(XmlElement response) { return ((Response) Inner.Deserialize(new XmlNodeReader(response))).Result; }
    }

    static readonly Dictionary<string, Deserializer> serializers = new Dictionary<string, Deserializer>();

    static Deserializer Serializer(string operation) {
        if (!serializers.ContainsKey(operation)) {
            var overrides = new XmlAttributeOverrides();
            var element = new XmlAttributes();
            element.XmlElements.Add(new XmlElementAttribute(operation + "Result", typeof(object)) { Namespace = Contract });
            overrides.Add(typeof(Response), "Result", element);
            var root = new XmlRootAttribute(operation + "Response") { Namespace = Contract };
            serializers[operation] = new Deserializer { Inner = new XmlSerializer(typeof(Response), overrides, null, root, Contract) };
        }
        return serializers[operation];
    }

    static Dictionary<string, string> Read(string answer) {
        return new Dictionary<string, string> {
            { "resultado", First(answer, "Resultado") }, { "folio", Convert.ToInt64(First(answer, "Folio")).ToString() },
            { "tipo", First(answer, "TipoDte") }, { "error", First(answer, "Resultado") == "True" ? "" : First(answer, "Error") },
        };
    }

    static string First(string answer, string name) {
        var document = new XmlDocument();
        document.LoadXml(answer);
        return document.GetElementsByTagName(name)[0].InnerText;
    }
}
