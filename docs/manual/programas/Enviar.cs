using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Xml.Linq;

static class Enviar
{
    const string Url = "http://127.0.0.1:8080/WSDS/wsplano.asmx";

    static string B64(byte[] bytes) { return Convert.ToBase64String(bytes); }

    static string Texto(string texto) { return B64(Encoding.UTF8.GetBytes(texto)); }

    static void Main()
    {
        XNamespace soap = "http://schemas.xmlsoap.org/soap/envelope/", ws = "http://tempuri.org";
        var sobre = new XElement(soap + "Envelope", new XElement(soap + "Body",
            new XElement(ws + "Procesar",
                new XElement(ws + "login",
                    new XElement(ws + "Usuario", Texto("MIUSUARIO")),
                    new XElement(ws + "Rut", Texto("1-9")),
                    new XElement(ws + "Clave", Texto("MICLAVE"))),
                new XElement(ws + "file", B64(File.ReadAllBytes("33-factura.txt"))),
                new XElement(ws + "formato", 1))));

        using (var cliente = new HttpClient())
        using (var envio = new StringContent(sobre.ToString(), Encoding.UTF8, "text/xml"))
        {
            envio.Headers.Add("SOAPAction", "\"http://tempuri.org/Procesar\"");
            var respuesta = cliente.PostAsync(Url, envio).Result;
            var cuerpo = XElement.Parse(respuesta.Content.ReadAsStringAsync().Result);
            var resultado = cuerpo.Descendants(ws + "ProcesarResult").First().Value;

            foreach (var documento in XElement.Parse(resultado).Descendants("Documento"))
                Console.WriteLine((string)documento.Element("Resultado") == "True"
                    ? "Emitido: tipo " + documento.Element("TipoDte").Value + ", folio " + documento.Element("Folio").Value
                    : "Rechazado: " + documento.Element("Error").Value);
        }
    }
}
